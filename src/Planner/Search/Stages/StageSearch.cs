using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>The search over stages of one placement, a part of the effort at a time.</summary>
/// <param name="problem">The placement.</param>
/// <param name="costs">Its ranks.</param>
/// <param name="incumbent">Best so far, and paths to begin with.</param>
/// <param name="start">A placement that fits; null where none is known.</param>
/// <param name="root">A lower bound of all placements.</param>
/// <param name="useful">Paths that bounded much elsewhere.</param>
/// <param name="cancel">Ends it with the best so far.</param>
internal sealed class StageSearch(
    PlacementProblem problem,
    RankCosts[] costs,
    Incumbent incumbent,
    LayerCounts? start,
    long root,
    IEnumerable<PathCut> useful,
    CancellationToken cancel)
{
    private readonly StageBranch branch = new(problem, costs, incumbent, [.. incumbent.Cuts, .. useful], start, cancel);
    private long bound = root;

    /// <summary>Nodes so far.</summary>
    public long Nodes => branch.Turns * NodesOfTurn;

    /// <summary>Paths that bound much; they bound other problems of the same graph, too.</summary>
    public IEnumerable<PathCut> Useful => branch.Useful;

    // What a turn costs in nodes of the search over ranks.
    private long NodesOfTurn { get; } = (10 + (problem.Stages * problem.Stages / 20)) * PlacementSearch.NodeWeight(problem);

    /// <summary>Goes on for so many nodes.</summary>
    /// <param name="upperBound">Ticks; placements this long or longer are of no interest.</param>
    /// <param name="mostNodes">Nodes.</param>
    /// <returns>The best placement found so far, and the bound of all placements.</returns>
    public PlacementResult Continue(long upperBound, long mostNodes)
    {
        incumbent.Lower(upperBound);
        branch.Run(Math.Max(1, mostNodes / NodesOfTurn));
        bound = branch.Stopped ? Math.Max(bound, branch.OpenBound) : incumbent.UpperBound;
        return PlacementSearch.Result(incumbent, Math.Min(incumbent.UpperBound, bound), (int)Math.Min(int.MaxValue, Nodes));
    }
}
