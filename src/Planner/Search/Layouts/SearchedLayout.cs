using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A layout whose placement was looked at.</summary>
/// <param name="Scored">The layout with its closed-form bound.</param>
/// <param name="Layout">The layout.</param>
/// <param name="Problem">Its placement as integers.</param>
/// <param name="Root">Lower bound of all its placements.</param>
/// <param name="Result">What the search found below the limit it was given; null where the root bound was enough.</param>
internal sealed record SearchedLayout(ScoredLayout Scored, LayoutSpec Layout, PlacementProblem Problem, long Root, PlacementResult? Result)
{
    public bool HasPlan => Result?.Plan is not null;

    /// <summary>A placement as short as this may still be found here, below the limit; long.MaxValue where none can.</summary>
    public long OpenBound => Result is { Fits: true } result && result.Bound < (result.Plan is null ? Limit : result.Makespan) ? result.Bound : long.MaxValue;

    /// <summary>Stages have a choice of recompute policy.</summary>
    public bool PerStage => !Layout.Recompute.Levels.IsEmpty;

    /// <summary>Placements this long or longer were of no interest.</summary>
    public long Limit { get; init; } = long.MaxValue;
}

/// <summary>What a search over layouts found.</summary>
/// <param name="Best">The fastest; null where none fits.</param>
/// <param name="Searched">All layouts looked at, in order of bound.</param>
/// <param name="Bound">No layout is faster than this, in ticks. Equal to the best's makespan where that is proven.</param>
/// <param name="Complete">The search was not cut short by its caller.</param>
internal sealed record LayoutSearchResult(SearchedLayout? Best, IReadOnlyList<SearchedLayout> Searched, double Bound, bool Complete)
{
    /// <summary>Before anything is looked at.</summary>
    public static LayoutSearchResult None { get; } = new(null, [], double.MaxValue, true);

    /// <summary>Layouts of one recompute policy, in order of bound, that were dealt with.</summary>
    public int Placed { get; init; }

    /// <summary>Likewise of those whose stages have a choice.</summary>
    public int Mixed { get; init; }

    public bool Proven => Best is not null && Bound >= Best.Result!.Makespan;
}
