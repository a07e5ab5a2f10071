using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>How much each rank may add to each cut: the upper bound less what the other ranks add at least.</summary>
internal sealed class RankBudgets(PlacementProblem problem, IReadOnlyList<PathCut> cuts, RankLimits[] limits, long upperBound)
{
    private readonly long[] ticks = new long[cuts.Count];
    private readonly long[] total = new long[cuts.Count];

    /// <summary>Least that each rank adds, by the row of its limits.</summary>
    public long[][] Least { get; } = [.. limits.Select(rank => new long[rank.Rows])];

    /// <summary>Passes the budgets that follow from <see cref="Least"/> on to the limits; false where some cut is too long whatever the ranks hold.</summary>
    public bool Pass()
    {
        var any = true;
        for (var cut = 0; cut < total.Length; cut++)
        {
            total[cut] = cuts[cut].Lags * problem.Lag;
            for (var rank = 0; rank < limits.Length; rank++) total[cut] += Least[rank][limits[rank].RowOf(cut)];
            any &= total[cut] < upperBound;
        }

        for (var rank = 0; rank < limits.Length; rank++)
        {
            for (var cut = 0; cut < ticks.Length; cut++) ticks[cut] = upperBound - (total[cut] - Least[rank][limits[rank].RowOf(cut)]);
            limits[rank].Set(ticks);
        }

        return any;
    }
}
