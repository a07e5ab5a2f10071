using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>A layout whose placement was searched, best found.</summary>
/// <param name="Scored">The layout.</param>
/// <param name="Problem">Its placement as integers.</param>
/// <param name="Root">Lower bound of all its placements, from rank cuts.</param>
/// <param name="Result">What the search found below the limit it was given; null where the root bound was enough.</param>
internal sealed record SearchedLayout(ScoredLayout Scored, LayoutSpec Layout, PlacementProblem Problem, long Root, PlacementResult? Result);

/// <summary>Searches placements of layouts in order of their bounds; graphs of schedules are built once a shape.</summary>
internal sealed class LayoutSearch(CostModel model, SearchSpace space)
{
    private readonly Dictionary<(ISchedule, PipelineShape), ScheduleGraph> graphs = [];

    /// <summary>Layouts whose placement was searched, in order.</summary>
    public List<SearchedLayout> Searched { get; } = [];

    /// <summary>
    /// The fastest layout with its best placement: layouts in order of bound until the bound reaches the best found. Exact: a layout left out
    /// has a bound at or above the returned makespan.
    /// </summary>
    /// <param name="ordered">Layouts by bound, lowest first.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="report">Told the number dealt with, the best makespan and the bound of the open layouts.</param>
    public SearchedLayout? Fastest(IEnumerable<ScoredLayout> ordered, CancellationToken cancel, Action<int, long, double>? report = null)
    {
        SearchedLayout? best = null;
        var limit = long.MaxValue;
        var dealt = 0;
        foreach (var scored in ordered)
        {
            if (scored.Bound >= limit || cancel.IsCancellationRequested) break;
            var searched = Search(scored, limit, cancel);
            Searched.Add(searched);
            if (searched.Result?.Plan is not null && searched.Result.Makespan < limit)
            {
                best = searched;
                limit = searched.Result.Makespan;
            }

            report?.Invoke(++dealt, limit, scored.Bound);
        }

        return best;
    }

    /// <summary>The best placement of one layout below a limit.</summary>
    public SearchedLayout Search(ScoredLayout scored, long limit, CancellationToken cancel)
    {
        var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
        var problem = model.Problem(layout, Graph(layout), space.MemoryLimit);
        var root = PlacementSearch.RootBound(problem, limit);
        return new SearchedLayout(scored, layout, problem, root, root >= limit ? null : PlacementSearch.Solve(problem, limit, cancel));
    }

    /// <summary>The graph of a layout's schedule.</summary>
    public ScheduleGraph Graph(LayoutSpec layout)
    {
        var key = (layout.Schedule, layout.Pipeline);
        if (graphs.TryGetValue(key, out var graph)) return graph;
        graph = layout.Schedule.Graph(layout.Pipeline);
        graphs.Add(key, graph);
        return graph;
    }
}
