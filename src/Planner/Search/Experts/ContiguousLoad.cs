namespace Planner.Search.Experts;

/// <summary>Experts in their order, the same number a rank.</summary>
internal static class ContiguousLoad
{
    /// <summary>Load of the hottest rank over the mean rank.</summary>
    public static double Factor(ReadOnlySpan<double> loads, int ranks)
    {
        var slots = loads.Length / ranks;
        var (sum, hottest) = (0.0, 0.0);
        for (var rank = 0; rank < ranks; rank++)
        {
            var load = 0.0;
            foreach (var expert in loads.Slice(rank * slots, slots)) load += expert;
            sum += load;
            hottest = Math.Max(hottest, load);
        }

        return Math.Max(1, hottest * ranks / sum);
    }
}
