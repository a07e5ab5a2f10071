using System.Collections.Concurrent;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Turns layouts of a space into placement problems, and placements back into layouts; the graph of a schedule is built once a shape.</summary>
internal sealed class LayoutProblems(CostModel model, SearchSpace space)
{
    private readonly ConcurrentDictionary<(ISchedule, PipelineShape), Lazy<ScheduleGraph>> graphs = new();

    /// <summary>The placement of a layout as integers.</summary>
    public PlacementProblem Of(LayoutSpec layout) => model.Problem(layout, Graph(layout.Schedule, layout.Pipeline), space.MemoryLimit);

    /// <summary>Builds the graphs of layouts and finds their cuts, each once: else layouts of one pipeline would wait for each other.</summary>
    public void Prepare(IEnumerable<ScoredLayout> layouts, int threads, CancellationToken cancel)
    {
        var pipelines = layouts.Select(scored => scored.ToLayout(space, model.Workload.GlobalBatch))
            .Select(layout => (layout.Schedule, layout.Pipeline)).Distinct().Where(pipeline => !graphs.ContainsKey(pipeline)).ToArray();
        Workers.Each(threads, pipelines.Length, i =>
        {
            if (cancel.IsCancellationRequested) return;
            try
            {
                RankCuts.Of(Graph(pipelines[i].Schedule, pipelines[i].Pipeline), cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Who asks for the cuts next ends at once as well.
            }
        });
    }

    /// <summary>A scored layout with its root bound, nothing placed; without recompute policies that no stage needs.</summary>
    /// <param name="scored">Layout.</param>
    /// <param name="limit">Ticks; the search for a higher root ends here. With 0 the closed-form bound is the root.</param>
    /// <param name="cancel">Ends it with a root that is lower than need be.</param>
    public SearchedLayout Root(ScoredLayout scored, long limit, CancellationToken cancel)
    {
        var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
        var problem = Of(layout);
        var needed = NeededLevels.Of(problem.Levels);
        if (needed.Length < problem.Levels.Length)
        {
            layout = layout with { Recompute = RecomputePolicy.PerStage([.. needed.Select(level => layout.Recompute.Levels[level])]) };
            problem = Of(layout);
        }

        var root = limit == 0 ? 0 : PlacementSearch.RootBound(problem, limit, cancel);

        // Where layers differ the closed form, in which sums over the model are exact, may know more.
        if (limit == 0 || cancel.IsCancellationRequested || problem.Sequence is not null) root = Math.Max(root, Math.Max(1, (long)scored.Bound));
        return new SearchedLayout(scored, layout, problem, root, null);
    }

    /// <summary>Layouts whose stages were given one recompute policy become layouts of that policy.</summary>
    public LayoutSearchResult Settled(LayoutSearchResult result)
    {
        SearchedLayout[] settled = [.. result.Searched.Select(Settled)];
        var best = result.Best is null ? -1 : result.Searched.ToList().FindIndex(searched => ReferenceEquals(searched, result.Best));
        return result with { Best = best < 0 ? null : settled[best], Searched = settled };
    }

    private ScheduleGraph Graph(ISchedule schedule, PipelineShape shape) =>
        graphs.GetOrAdd((schedule, shape), static key => new Lazy<ScheduleGraph>(() => key.Item1.Graph(key.Item2))).Value;

    private SearchedLayout Settled(SearchedLayout searched)
    {
        if (searched.Result?.Plan is not { } plan || !searched.PerStage) return searched;
        var (layout, stages) = searched.Layout.Settled(plan);
        return ReferenceEquals(layout, searched.Layout)
            ? searched
            : searched with { Layout = layout, Problem = Of(layout), Result = searched.Result with { Plan = stages } };
    }
}
