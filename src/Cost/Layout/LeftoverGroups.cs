using System.Numerics;

namespace Planner.Cost.Layout;

/// <summary>
/// Units that no leaf holds whole are made of what is left over on several. A group of k leaves with r nodes left over in all gives
/// floor(r / size) units, cut one after the other, and these lie on k - 1 leaves more than whole units would. So the groups to choose are
/// those that give enough units for the smallest sum of k - 1.
/// </summary>
internal static class LeftoverGroups
{
    // 3^12 pairs of a set and its subset: about 10 ms. Beyond it the groups are only good.
    private const int MostLeavesExact = 12;

    /// <summary>Groups of bins, each in ascending order of the bins.</summary>
    /// <param name="left">What is left over in each bin, below <paramref name="size"/>.</param>
    /// <param name="size">Of a unit.</param>
    /// <param name="units">Units needed; the sum of all must give them.</param>
    public static List<int[]> Of(ReadOnlySpan<int> left, int size, int units)
    {
        if (units <= 0) return [];
        var bins = new List<int>();
        for (var bin = 0; bin < left.Length; bin++)
            if (left[bin] > 0) bins.Add(bin);
        var sizes = bins.Select(bin => 0).ToArray();
        for (var i = 0; i < bins.Count; i++) sizes[i] = left[bins[i]];
        var groups = bins.Count <= MostLeavesExact ? Exact(sizes, size, units) : Greedy(sizes, size, units);
        return [.. groups.Select(group => group.Select(i => bins[i]).Order().ToArray())];
    }

    // Best way to divide the first bins: cost and units given so far, by the set of bins dealt with.
    private static List<int[]> Exact(int[] left, int size, int units)
    {
        var all = (1 << left.Length) - 1;
        var sum = new int[all + 1];
        for (var set = 1; set <= all; set++) sum[set] = sum[set & (set - 1)] + left[BitOperations.TrailingZeroCount(set)];

        // most[set][cost]: units that the bins of the set give at that cost, each bin in a group or in none.
        var most = new int[all + 1][];
        var took = new int[all + 1][];
        for (var set = 0; set <= all; set++)
        {
            var (best, group) = (most[set], took[set]) = (new int[left.Length + 1], new int[left.Length + 1]);
            if (set == 0) continue;
            var first = set & -set;
            most[set ^ first].CopyTo(best, 0);
            var rest = set ^ first;
            for (var others = rest; others > 0; others = (others - 1) & rest)
            {
                var given = sum[others | first] / size;
                if (given == 0) continue;
                var cost = BitOperations.PopCount((uint)others);
                var before = most[rest ^ others];
                for (var so = 0; so + cost <= left.Length; so++)
                {
                    if (before[so] + given <= best[so + cost]) continue;
                    best[so + cost] = before[so] + given;
                    group[so + cost] = others | first;
                }
            }
        }

        var at = Array.FindIndex(most[all], given => given >= units);
        if (at < 0) throw new ArgumentException("the leaves have fewer nodes left over than the units need", nameof(units));
        var groups = new List<int[]>();
        for (var (set, cost) = (all, at); set != 0;)
        {
            var group = took[set][cost];
            if (group == 0)
            {
                set &= set - 1;
                continue;
            }

            groups.Add([.. Enumerable.Range(0, left.Length).Where(bin => (group >> bin & 1) != 0)]);
            set ^= group;
            cost -= BitOperations.PopCount((uint)group) - 1;
        }

        return groups;
    }

    // Largest first, each completed by the smallest that is enough; a remainder opens the next unit.
    private static List<int[]> Greedy(int[] left, int size, int units)
    {
        var open = Enumerable.Range(0, left.Length).OrderByDescending(bin => left[bin]).ThenBy(bin => bin).ToList();
        var groups = new List<int[]>();
        while (units > 0)
        {
            var group = new List<int>();
            var sum = 0;
            do
            {
                if (open.Count == 0) throw new ArgumentException("the leaves have fewer nodes left over than the units need", nameof(units));
                var enough = group.Count == 0 ? -1 : open.FindLastIndex(bin => sum + left[bin] >= size);
                var next = enough < 0 ? 0 : enough;
                sum += left[open[next]];
                group.Add(open[next]);
                open.RemoveAt(next);
                if (sum < size) continue;
                units--;
                sum -= size;
            }
            while (units > 0 && sum > 0);

            groups.Add([.. group]);
        }

        return groups;
    }
}
