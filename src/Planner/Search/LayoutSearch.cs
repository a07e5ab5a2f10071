using System.Collections.Concurrent;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

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
}

/// <summary>What a search over layouts found.</summary>
/// <param name="Best">The fastest; null where none fits.</param>
/// <param name="Searched">All layouts looked at, in order of bound.</param>
/// <param name="Bound">No layout is faster than this, in ticks.</param>
/// <param name="Complete">The search was not cut short.</param>
internal sealed record LayoutSearchResult(SearchedLayout? Best, IReadOnlyList<SearchedLayout> Searched, double Bound, bool Complete);

/// <summary>
/// Finds the fastest layout and all that come near it: layouts in order of their bounds, each with its exact best placement, until the bound
/// passes the best found. Work goes out in batches of fixed size whose limit is set before they start, so the number of threads changes the
/// time and nothing else.
/// </summary>
internal sealed class LayoutSearch(CostModel model, SearchSpace space, int threads)
{
    private const int BatchSize = 32;
    private readonly ConcurrentDictionary<(ISchedule, PipelineShape), Lazy<ScheduleGraph>> graphs = new();

    /// <summary>Searches layouts.</summary>
    /// <param name="layouts">Layouts by bound, lowest first.</param>
    /// <param name="within">Share of the best step within which other layouts are searched too; 0 searches for the best alone.</param>
    /// <param name="report">Told the number dealt with, the best makespan (long.MaxValue without one) and the bound of what is open.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    public LayoutSearchResult Run(IReadOnlyList<ScoredLayout> layouts, double within, Action<int, long, double>? report, CancellationToken cancel)
    {
        var searched = new List<SearchedLayout>();
        SearchedLayout? best = null;
        var limit = long.MaxValue;
        var next = 0;
        while (next < layouts.Count && layouts[next].Bound < limit)
        {
            var batch = Batch(layouts, next, limit);
            if (cancel.IsCancellationRequested) return new LayoutSearchResult(best, searched, layouts[next].Bound, false);
            var rooted = new SearchedLayout[batch];
            var (start, bar) = (next, limit);
            if (batch == 1 || threads == 1)
                for (var i = 0; i < batch; i++) rooted[i] = Root(layouts[start + i], bar);
            else
                Parallel.For(0, batch, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => rooted[i] = Root(layouts[start + i], bar));

            // Layouts that memory forces into lopsided placements have low closed-form bounds and high roots: they wait for a better limit.
            foreach (var candidate in rooted.OrderBy(candidate => candidate.Root).ThenBy(candidate => candidate.Scored))
            {
                var found = candidate.Root >= limit
                    ? candidate
                    : candidate with { Result = PlacementSearch.Solve(candidate.Problem, limit, cancel) };
                searched.Add(found);
                if (!found.HasPlan || (best is not null && found.Result!.Makespan >= best.Result!.Makespan)) continue;
                best = found;
                limit = (long)Math.Ceiling(found.Result!.Makespan * (1 + within)) + (within > 0 ? 1 : 0);
            }

            next += batch;
            report?.Invoke(next, best?.Result!.Makespan ?? long.MaxValue, layouts[next - 1].Bound);
            if (cancel.IsCancellationRequested)
                return new LayoutSearchResult(best, searched, Math.Min(layouts[next - 1].Bound, best?.Result!.Bound ?? double.MaxValue), false);
        }

        return new LayoutSearchResult(best, searched, best?.Result!.Makespan ?? double.MaxValue, true);
    }

    /// <summary>The best placement of one layout, below a limit.</summary>
    public SearchedLayout Search(LayoutSpec layout, long limit, CancellationToken cancel)
    {
        var problem = Problem(layout);
        return new SearchedLayout(default, layout, problem, 0, PlacementSearch.Solve(problem, limit, cancel));
    }

    /// <summary>The placement of a layout as integers; the graph of its schedule is built once a shape.</summary>
    public PlacementProblem Problem(LayoutSpec layout) => model.Problem(
        layout,
        graphs.GetOrAdd((layout.Schedule, layout.Pipeline), static key => new Lazy<ScheduleGraph>(() => key.Item1.Graph(key.Item2))).Value,
        space.MemoryLimit);

    private SearchedLayout Root(ScoredLayout scored, long limit)
    {
        var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
        var problem = Problem(layout);
        return new SearchedLayout(scored, layout, problem, PlacementSearch.RootBound(problem, limit), null);
    }

    private static int Batch(IReadOnlyList<ScoredLayout> layouts, int start, long limit)
    {
        var count = 0;
        while (count < BatchSize && start + count < layouts.Count && layouts[start + count].Bound < limit) count++;
        return count;
    }
}
