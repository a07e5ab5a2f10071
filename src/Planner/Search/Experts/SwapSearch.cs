namespace Planner.Search.Experts;

/// <summary>
/// Steepest descent on the heaviest bin: of all swaps of one of its items with an item elsewhere, the one that leaves the heavier of the two bins
/// lightest, until none leaves it lighter than the heaviest bin was.
/// </summary>
internal static class SwapSearch
{
    // Smaller gains are rounding.
    private const double LeastGain = 1e-12;

    /// <summary>Improves a placement in place; returns the weight of the heaviest bin.</summary>
    /// <param name="weights">Items.</param>
    /// <param name="binOf">Bin of each.</param>
    /// <param name="bins">Bins, equally filled.</param>
    /// <param name="enough">No lighter heaviest bin is looked for.</param>
    public static double Improve(ReadOnlySpan<double> weights, int[] binOf, int bins, double enough)
    {
        var slots = weights.Length / bins;
        var members = new int[weights.Length];
        var filled = new int[bins];
        for (var item = 0; item < binOf.Length; item++) members[(binOf[item] * slots) + filled[binOf[item]]++] = item;
        var load = new double[bins];
        for (var bin = 0; bin < bins; bin++) load[bin] = Sum(weights, members.AsSpan(bin * slots, slots));
        while (true)
        {
            var hot = 0;
            for (var bin = 1; bin < bins; bin++)
                if (load[bin] > load[hot]) hot = bin;
            if (load[hot] <= enough * (1 + LeastGain)) return load[hot];
            var best = load[hot] * (1 - LeastGain);
            var (give, take) = (-1, -1);
            for (var a = hot * slots; a < (hot + 1) * slots; a++)
            {
                var weight = weights[members[a]];
                for (var b = 0; b < members.Length; b++)
                {
                    var less = weight - weights[members[b]];
                    if (less <= 0) continue;
                    var worse = Math.Max(load[hot] - less, load[b / slots] + less);
                    if (worse < best) (best, give, take) = (worse, a, b);
                }
            }

            if (give < 0) return load[hot];
            (members[give], members[take]) = (members[take], members[give]);
            var other = take / slots;
            (binOf[members[give]], binOf[members[take]]) = (hot, other);
            load[hot] = Sum(weights, members.AsSpan(hot * slots, slots));
            load[other] = Sum(weights, members.AsSpan(other * slots, slots));
        }
    }

    private static double Sum(ReadOnlySpan<double> weights, ReadOnlySpan<int> items)
    {
        var sum = 0.0;
        foreach (var item in items) sum += weights[item];
        return sum;
    }
}
