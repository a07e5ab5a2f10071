using Planner.Search.Experts;

namespace Planner.Tests.Search.Experts;

/// <summary>The coolest hottest rank by trying everything: every number of copies, every set of experts on every rank, units in every block.</summary>
internal static class EveryPlacement
{
    public static double Coolest(double[] loads, ExpertShape shape)
    {
        var best = double.MaxValue;
        foreach (var copies in Counts(loads.Length, shape.Extra))
        {
            var items = Enumerable.Range(0, loads.Length).SelectMany(expert => Enumerable.Repeat(expert, copies[expert])).ToArray();
            Fill(0, new int[items.Length], new int[shape.Ranks]);

            void Fill(int item, int[] rankOf, int[] held)
            {
                if (item == items.Length)
                {
                    if (!KeepsUnits(items, rankOf, shape)) return;
                    var load = new double[shape.Ranks];
                    for (var i = 0; i < items.Length; i++) load[rankOf[i]] += loads[items[i]] / copies[items[i]];
                    best = Math.Min(best, load.Max());
                    return;
                }

                for (var rank = 0; rank < shape.Ranks; rank++)
                {
                    if (held[rank] == shape.Slots) continue;
                    held[rank]++;
                    rankOf[item] = rank;
                    Fill(item + 1, rankOf, held);
                    held[rank]--;
                }
            }
        }

        return best;
    }

    /// <summary>Every expert of a unit, copies included, lies in one block, and every block holds its number of units.</summary>
    public static bool KeepsUnits(int[] items, int[] rankOf, ExpertShape shape)
    {
        var blockOf = new Dictionary<int, int>();
        for (var i = 0; i < items.Length; i++)
        {
            var (unit, block) = (items[i] / shape.UnitSize, rankOf[i] / shape.RanksPerBlock);
            if (!blockOf.TryAdd(unit, block) && blockOf[unit] != block) return false;
        }

        return blockOf.CountBy(unit => unit.Value).All(block => block.Value == shape.UnitsPerBlock);
    }

    private static IEnumerable<int[]> Counts(int experts, int extra)
    {
        if (experts == 1) return [[extra + 1]];
        return Enumerable.Range(0, extra + 1).SelectMany(own => Counts(experts - 1, extra - own).Select(rest => (int[])[own + 1, .. rest]));
    }
}
