using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Cuts, rank by rank: a cut's length is its hand-overs plus a weight for every rank.</summary>
internal static class CutTable
{
    /// <summary>What a rank with these durations (in the order of <see cref="RankCosts.Durations"/>) adds to a cut.</summary>
    public static long Weight(PathCut cut, RankCosts rank, ReadOnlySpan<long> durations)
    {
        long weight = 0;
        var indices = rank.Durations;
        for (var i = 0; i < indices.Length; i++) weight += cut.Coefficients[indices[i]] * durations[i];
        return weight;
    }
}
