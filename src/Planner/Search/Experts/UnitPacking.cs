namespace Planner.Search.Experts;

/// <summary>Which units share a block. All ways are looked at where there are few, else one of them: heaviest unit first, then swaps.</summary>
internal static class UnitPacking
{
    private const int MostUnits = 10;

    /// <summary>All ways, or null where there are too many.</summary>
    /// <param name="units">Units.</param>
    /// <param name="perBlock">Units a block.</param>
    public static List<int[][]>? All(int units, int perBlock)
    {
        if (units > MostUnits) return null;
        var ways = new List<int[][]>();
        Fill([], new bool[units], perBlock, ways);
        return ways;
    }

    /// <summary>One way by the units' loads.</summary>
    /// <param name="loads">Load of each unit.</param>
    /// <param name="perBlock">Units a block.</param>
    public static int[][] ByLoad(ReadOnlySpan<double> loads, int perBlock)
    {
        var blocks = loads.Length / perBlock;
        var blockOf = LongestProcessingTime.Place(loads, blocks, perBlock);
        SwapSearch.Improve(loads, blockOf, blocks, 0);
        return [.. Enumerable.Range(0, blocks).Select(block => Enumerable.Range(0, blockOf.Length).Where(unit => blockOf[unit] == block).ToArray())];
    }

    // Blocks have no names: each starts with the first unit that is left.
    private static void Fill(List<int[]> done, bool[] used, int perBlock, List<int[][]> ways)
    {
        var first = Array.IndexOf(used, false);
        if (first < 0)
        {
            ways.Add([.. done]);
            return;
        }

        used[first] = true;
        foreach (var rest in Choices(used, first + 1, perBlock - 1).ToList())
        {
            foreach (var unit in rest) used[unit] = true;
            Fill([.. done, [first, .. rest]], used, perBlock, ways);
            foreach (var unit in rest) used[unit] = false;
        }

        used[first] = false;
    }

    private static IEnumerable<int[]> Choices(bool[] used, int from, int count)
    {
        if (count == 0)
        {
            yield return [];
            yield break;
        }

        for (var unit = from; unit < used.Length; unit++)
        {
            if (used[unit]) continue;
            foreach (var rest in Choices(used, unit + 1, count - 1)) yield return [unit, .. rest];
        }
    }
}
