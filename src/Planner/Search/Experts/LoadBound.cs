namespace Planner.Search.Experts;

/// <summary>How light the heaviest bin can be at best when every bin gets the same number of items.</summary>
internal static class LoadBound
{
    /// <summary>
    /// The mean bin; and for each j: of the j * bins + 1 heaviest items some bin gets j + 1, at least the lightest of these, and fills its other
    /// slots with the lightest items of all.
    /// </summary>
    /// <param name="sorted">Weights, heaviest first: bins x slots of them.</param>
    /// <param name="bins">Bins.</param>
    /// <param name="slots">Items a bin.</param>
    public static double Of(ReadOnlySpan<double> sorted, int bins, int slots)
    {
        var sum = 0.0;
        foreach (var weight in sorted) sum += weight;
        var bound = sum / bins;
        for (var j = 0; j < slots; j++)
        {
            var least = 0.0;
            for (var i = j * bins; i >= (j * bins) - j; i--) least += sorted[i];
            for (var i = 1; i < slots - j; i++) least += sorted[^i];
            bound = Math.Max(bound, least);
        }

        return bound;
    }
}
