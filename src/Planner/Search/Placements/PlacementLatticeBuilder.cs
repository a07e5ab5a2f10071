using Planner.Cost.Pipeline;
namespace Planner.Search;

/// <summary>Unrolls the options of all ranks into a lattice: nodes that can be reached and from which all layers can still be placed.</summary>
internal static class PlacementLatticeBuilder
{
    public static PlacementLattice Build(PlacementProblem problem, PlacementRules rules, RankCosts[] costs, PlacementOptions options)
    {
        var ranks = costs.Length;
        var (least, most) = Later(rules, options, ranks);
        var moeStates = problem.MoeLayers + 1;
        var states = (problem.DenseLayers + 1) * moeStates;
        var numbers = new int[rules.Modes * states];
        Array.Fill(numbers, -1);
        var layer = new List<(int Mode, int Dense, int Moe)>();
        foreach (var mode in rules.StartModes) layer.Add((mode, problem.DenseLayers, problem.MoeLayers));
        var (start, option, to) = (new List<int>(), new List<int>(), new List<int>());
        var dense = options.Dense;
        var moe = options.Moe;
        var firsts = options.FirstLayers;
        var nodes = layer.Count;
        for (var rank = 0; rank < ranks; rank++)
        {
            var next = new List<(int Mode, int Dense, int Moe)>();
            foreach (var (mode, denseLeft, moeLeft) in layer)
            {
                start.Add(option.Count);
                var (first, end) = options.Range(rank, mode);
                for (var i = first; i < end; i++)
                {
                    if (firsts[i] >= 0 && firsts[i] != problem.DenseLayers + problem.MoeLayers - denseLeft - moeLeft) continue;
                    var (d, m) = (denseLeft - dense[i], moeLeft - moe[i]);
                    if (d < 0 || m < 0 || d + m < least[rank + 1] || d + m > most[rank + 1]) continue;
                    var settled = rules.Settle(mode, rank, d);
                    if (settled < 0) continue;
                    ref var number = ref numbers[(settled * states) + (d * moeStates) + m];
                    if (number < 0)
                    {
                        number = nodes + next.Count;
                        next.Add((settled, d, m));
                    }

                    option.Add(i);
                    to.Add(number);
                }
            }

            foreach (var (mode, d, m) in next) numbers[(mode * states) + (d * moeStates) + m] = -1;
            nodes += next.Count;
            layer = next;
        }

        // All layers placed and all modes settled: one node is left at most.
        start.Add(option.Count);
        start.Add(option.Count);
        var whole = PlacementLattice.Of(rules.StartModes.Length, [.. start], [.. option], [.. to], options);
        var keep = new bool[option.Count];
        Array.Fill(keep, true);
        return whole.Compact(keep);
    }

    // Fewest and most layers that ranks from each one on can hold together.
    private static (int[] Least, int[] Most) Later(PlacementRules rules, PlacementOptions options, int ranks)
    {
        var (least, most) = (new int[ranks + 1], new int[ranks + 1]);
        for (var rank = ranks - 1; rank >= 0; rank--)
        {
            var (low, high) = (int.MaxValue, -1);
            for (var mode = 0; mode < rules.Modes; mode++)
            {
                var (first, end) = options.Range(rank, mode);
                for (var i = first; i < end; i++)
                {
                    var layers = options.Dense[i] + options.Moe[i];
                    low = Math.Min(low, layers);
                    high = Math.Max(high, layers);
                }
            }

            // A rank without options ends every path before it.
            least[rank] = high < 0 ? int.MaxValue / 2 : Math.Min(int.MaxValue / 2, least[rank + 1] + low);
            most[rank] = high < 0 ? -1 : most[rank + 1] + high;
        }

        return (least, most);
    }
}
