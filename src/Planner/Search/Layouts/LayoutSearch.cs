using System.Collections.Immutable;
using System.Diagnostics;
using Planner.Cost;
using Planner.Cost.Layout;

namespace Planner.Search;

/// <summary>
/// Finds the fastest layout and all that come near it. Layouts in order of their bounds get a placement from a local search, replayed, until the
/// bound passes the best found; then branch and bound takes up every placement that may still hold something better, until none is left.
/// Work goes out in batches of fixed size whose limit is set before they start, so the number of threads changes the time and nothing else.
/// </summary>
internal sealed class LayoutSearch(CostModel model, SearchSpace space, int threads)
{
    private const int BatchSize = 32;

    // Before a first plan is known all layouts look promising: where the best alone is asked for, few are looked at until there is one.
    private const int FirstBatch = 4;

    // Nodes of a placement whose stages have a choice of policy; a search that only wants something to compare with takes the first alone.
    private static readonly ImmutableArray<long> Efforts = [PlacementSearch.FewNodes, LayoutClosing.FirstNodes];

    // Neighbours of the best whose placements are improved beyond the local search.
    private const int Polished = 8;

    // Of the one placement that a first plan may take longer for than it has: very many layers.
    private static readonly TimeSpan LongestFirst = TimeSpan.FromSeconds(0.2);

    /// <summary>The placements of layouts.</summary>
    public LayoutProblems Problems { get; } = new(model, space);

    /// <summary>Searches layouts from first to last: <see cref="Place"/>, <see cref="Mix"/>, <see cref="Close"/>.</summary>
    /// <param name="one">Layouts of one recompute policy by bound, lowest first.</param>
    /// <param name="perStage">Layouts whose stages have a choice of policy, likewise.</param>
    /// <param name="within">Share of the best step within which other layouts are searched too; 0 searches for the best alone.</param>
    /// <param name="exact">Searches until little is left open.</param>
    /// <param name="report">Told the number dealt with, the best makespan (long.MaxValue without one) and the bound of what is open.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="below">Steps this long or longer are of no interest.</param>
    public LayoutSearchResult Run(
        IReadOnlyList<ScoredLayout> one,
        IReadOnlyList<ScoredLayout> perStage,
        double within,
        bool exact,
        Action<int, long, double>? report,
        CancellationToken cancel,
        long below = long.MaxValue) =>
        Close(Mix(Place(LayoutSearchResult.None, one, within, report, cancel, below), perStage, exact, cancel, below), within, exact, report, cancel, below);

    /// <summary>Gives layouts a placement from a local search until no bound is near the best any more.</summary>
    /// <param name="known">What is known already: layouts that were placed are not placed again, those that an earlier limit ruled out are looked at once more.</param>
    /// <param name="layouts">Layouts by bound, lowest first; the same ones each time.</param>
    /// <param name="within">Share of the best step within which layouts are placed too; 0 looks for the best alone.</param>
    /// <param name="report">As for <see cref="Run"/>.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="below">Steps this long or longer are of no interest.</param>
    public LayoutSearchResult Place(
        LayoutSearchResult known,
        IReadOnlyList<ScoredLayout> layouts,
        double within,
        Action<int, long, double>? report,
        CancellationToken cancel,
        long below = long.MaxValue)
    {
        if (!known.Complete) return known;
        var (searched, best) = Opened(known);
        var next = known.Placed;
        var limit = Limit();
        Again(searched, limit, below, cancel);
        while (next < layouts.Count && layouts[next].Bound < limit)
        {
            if (cancel.IsCancellationRequested) return Stopped(searched, best, layouts[next].Bound);
            var asked = limit;
            var end = next + Batch(layouts, next, limit, within == 0 && limit == long.MaxValue ? FirstBatch : BatchSize);
            var candidates = Roots(layouts, next, end - next, limit, cancel);

            // The neighbours of the best seldom change it: they are placed side by side, those behind a better one once more.
            var beside = new SearchedLayout[within > 0 && best >= 0 ? candidates.Count : 0];
            Each(beside.Length, i => beside[i] = Placed(candidates[i], asked, asked, below, cancel));
            for (var i = 0; i < candidates.Count; i++)
            {
                var candidate = candidates[i];
                if (cancel.IsCancellationRequested)
                    return Stopped(searched, best, end < layouts.Count ? Math.Min(candidate.Root, layouts[end].Bound) : candidate.Root);
                searched.Add(i < beside.Length && limit == asked ? beside[i] : Placed(candidate, asked, limit, below, cancel));
                next++;
                if (!searched[^1].HasPlan || (best >= 0 && searched[^1].Result!.Makespan >= searched[best].Result!.Makespan)) continue;
                best = searched.Count - 1;
                limit = Limit();
            }

            report?.Invoke(next, best < 0 ? long.MaxValue : searched[best].Result!.Makespan, Math.Min(Open(searched, best, below), layouts[next - 1].Bound));
        }

        if (cancel.IsCancellationRequested) return Stopped(searched, best, next < layouts.Count ? layouts[next].Bound : double.MaxValue);
        return known with { Best = best < 0 ? null : searched[best], Searched = searched, Bound = Open(searched, best, below), Placed = next };

        long Limit() => best < 0 ? below : Beyond(searched[best].Result!.Makespan, within);
    }

    /// <summary>Looks at layouts whose stages have a choice of recompute policy, as long as their bounds are below the best; keeps those that may be faster.</summary>
    /// <param name="known">What is known already.</param>
    /// <param name="perStage">Layouts by bound, lowest first; the same ones each time.</param>
    /// <param name="exact">Takes up those that few nodes leave open; else looks once at each.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="below">Steps this long or longer are of no interest.</param>
    public LayoutSearchResult Mix(
        LayoutSearchResult known, IReadOnlyList<ScoredLayout> perStage, bool exact, CancellationToken cancel, long below = long.MaxValue)
    {
        if (perStage.Count == 0) return known;
        if (!known.Complete) return known with { Bound = Math.Min(known.Bound, perStage[0].Bound) };
        var (searched, best) = Opened(known);
        List<SearchedLayout> left = exact ? [.. searched.Where(layout => layout.PerStage && !layout.HasPlan)] : [];
        searched.RemoveAll(layout => exact && layout.PerStage && !layout.HasPlan);
        best = known.Best is null ? -1 : searched.FindIndex(layout => ReferenceEquals(layout, known.Best));
        var efforts = exact ? Efforts : Efforts[..1];
        for (var next = 0; next < left.Count;)
        {
            var limit = Makespan();
            var first = next;
            next += Take(Math.Min(BatchSize, left.Count - next), limit, i => Mixed(left[first + i], Efforts[1..], limit, cancel));
        }

        for (var next = known.Mixed; ;)
        {
            var limit = Makespan();
            var first = next;
            var count = Batch(perStage, next, limit, BatchSize);
            if (count == 0) return cancel.IsCancellationRequested
                ? Stopped(searched, best, Math.Min(known.Bound, next < perStage.Count ? perStage[next].Bound : double.MaxValue))
                : known with { Best = best < 0 ? null : searched[best], Searched = searched, Bound = Open(searched, best, below), Mixed = next };
            if (cancel.IsCancellationRequested) return Stopped(searched, best, Math.Min(known.Bound, perStage[next].Bound));

            // Few nodes say more than the root bound, which knows nothing of what memory costs in time.
            Problems.Prepare(Enumerable.Range(first, count).Select(i => perStage[i]), threads, cancel);
            next += Take(count, limit, i => Mixed(Problems.Root(perStage[first + i], 0, cancel), efforts, limit, cancel));
        }

        long Makespan() => best < 0 ? below : searched[best].Result!.Makespan;

        int Take(int count, long limit, Func<int, SearchedLayout> look)
        {
            var found = new SearchedLayout[count];
            Each(count, i => found[i] = look(i));
            foreach (var one in found)
            {
                if (!one.HasPlan && one.OpenBound >= limit) continue;
                searched.Add(one);
                if (one.HasPlan && (best < 0 || one.Result!.Makespan < searched[best].Result!.Makespan)) best = searched.Count - 1;
            }

            return count;
        }
    }

    /// <summary>Branches on what is open.</summary>
    /// <param name="known">What was placed.</param>
    /// <param name="within">Above 0 the layouts near the best count as well.</param>
    /// <param name="exact">Searches until little is left open.</param>
    /// <param name="report">As for <see cref="Run"/>.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="below">Steps this long or longer are of no interest.</param>
    public LayoutSearchResult Close(
        LayoutSearchResult known, double within, bool exact, Action<int, long, double>? report, CancellationToken cancel, long below = long.MaxValue)
    {
        if (!known.Complete) return known;
        var (searched, best) = Opened(known);
        best = Uniform(searched, best, within, report, below, cancel);
        var closing = new LayoutClosing(searched, best, below, threads, (makespan, bound) => report?.Invoke(searched.Count, makespan, bound), cancel);
        if (exact)
        {
            closing.ByRank(true, LayoutClosing.AllPerStageNodes);

            // A better best may settle what was left open of the others.
            if (closing.Best != best) closing.ByRank(null, LayoutClosing.AllNodes);
        }

        var bound = closing.ByStage(within > 0 ? LayoutClosing.AllStageNodes : LayoutClosing.FewStageNodes);
        best = closing.Best;
        if (within > 0 && best >= 0) Polish(searched, best, cancel);
        if (exact && best >= 0 && bound < searched[best].Result!.Makespan && !cancel.IsCancellationRequested) bound = Raised(searched, searched[best].Result!.Makespan, cancel);
        return cancel.IsCancellationRequested ? Stopped(searched, best, bound) : known with { Best = best < 0 ? null : searched[best], Searched = searched, Bound = bound };
    }

    // Branches over ranks on layouts of one policy. What such a layout takes at best is of interest near the best, which may have a policy a stage.
    private int Uniform(List<SearchedLayout> searched, int best, double within, Action<int, long, double>? report, long below, CancellationToken cancel)
    {
        var limit = best < 0 ? below : Beyond(searched[best].Result!.Makespan, within);
        var one = -1;
        for (var i = 0; i < searched.Count; i++)
        {
            if (searched[i].PerStage || searched[i].Result is not { Plan: not null, Makespan: var makespan }) continue;
            if (makespan < limit || i == best) (one, limit) = (i, makespan);
        }

        var closing = new LayoutClosing(searched, one, limit, threads, (makespan, bound) => report?.Invoke(searched.Count, makespan, bound), cancel);
        closing.ByRank(false, LayoutClosing.AllNodes);
        return best < 0 || (closing.Best >= 0 && searched[closing.Best].Result!.Makespan < searched[best].Result!.Makespan) ? closing.Best : best;
    }

    // Where stages have a choice of policy, the search over ranks may leave bounds that are far too low. Returns the bound of all that is left.
    private static double Raised(List<SearchedLayout> searched, long makespan, CancellationToken cancel)
    {
        var bound = (double)makespan;
        for (var i = 0; i < searched.Count; i++)
        {
            if (searched[i].OpenBound >= makespan) continue;
            if (searched[i].Problem.LevelsOfStage > 1 && PlacementSearch.Enumerates(searched[i].Problem) && !cancel.IsCancellationRequested)
            {
                var known = searched[i].Result!;
                searched[i] = searched[i] with { Result = known with { Bound = LatticeBound.Of(searched[i].Problem, known.Cuts, known.Bound, makespan, cancel) } };
            }

            bound = Math.Min(bound, searched[i].OpenBound);
        }

        return bound;
    }

    // A layout that an earlier limit ruled out may be within a wider one. None of them is better than the best.
    private void Again(List<SearchedLayout> searched, long limit, long below, CancellationToken cancel)
    {
        int[] ruledOut = [.. Enumerable.Range(0, searched.Count).Where(i => !searched[i].PerStage && searched[i].Result is null && searched[i].Limit < limit)];
        Each(ruledOut.Length, k =>
        {
            if (cancel.IsCancellationRequested) return;
            var i = ruledOut[k];
            var root = Math.Max(searched[i].Root, PlacementSearch.RootBound(searched[i].Problem, limit, cancel));
            searched[i] = Placed(searched[i] with { Root = root }, limit, limit, below, cancel);
        });
    }

    // The root was asked for at an earlier limit. What the local search finds is kept though it may be far from the best: to improve it may bring it near.
    private static SearchedLayout Placed(SearchedLayout candidate, long asked, long limit, long below, CancellationToken cancel)
    {
        if (candidate.Root < limit && limit < asked) candidate = candidate with { Root = Math.Max(candidate.Root, PlacementSearch.RootBound(candidate.Problem, limit, cancel)) };
        if (candidate.Root >= limit) return candidate with { Limit = limit };
        var result = PlacementSearch.Solve(candidate.Problem, below, 0, candidate.Root, cancel);
        if (cancel.IsCancellationRequested && result.Bound < candidate.Root) result = result with { Bound = Math.Min(candidate.Root, result.Makespan) };
        return candidate with { Limit = below, Result = result };
    }

    private static SearchedLayout Mixed(SearchedLayout layout, ImmutableArray<long> efforts, long limit, CancellationToken cancel)
    {
        foreach (var nodes in efforts)
        {
            if (layout.Result is { } known && (known.Plan is not null || known.Bound >= limit || !known.Fits)) return layout;
            layout = layout with { Limit = limit, Result = PlacementSearch.Solve(layout.Problem, limit, nodes, layout.Root, cancel) };
        }

        return layout;
    }

    /// <summary>Any plan, for a search that was cut short before its first: layouts in order get a placement from a local search until one fits.</summary>
    public SearchedLayout? First(IReadOnlyList<ScoredLayout> layouts, TimeSpan most, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Stopwatch.StartNew();
        limit.CancelAfter(most > LongestFirst ? most : LongestFirst);
        try
        {
            for (var next = 0; next < layouts.Count && watch.Elapsed < most; next++)
            {
                var candidate = Problems.Root(layouts[next], 0, limit.Token);
                if (PlacementSearch.First(candidate.Problem, limit.Token) is { } result) return candidate with { Result = result with { Bound = candidate.Root } };
            }
        }
        catch (OperationCanceledException)
        {
        }

        return null;
    }

    /// <summary>The best placement of one layout, below a limit.</summary>
    public SearchedLayout Search(LayoutSpec layout, long limit, CancellationToken cancel)
    {
        var problem = Problems.Of(layout);
        return new SearchedLayout(default, layout, problem, 0, PlacementSearch.Solve(problem, limit, LayoutClosing.AllNodes, cancel));
    }

    // The layouts that will be shown beside the best (one a choice of degrees and schedule) get a branch and bound of their own.
    private void Polish(List<SearchedLayout> searched, int best, CancellationToken cancel)
    {
        int[] shown =
        [
            .. Enumerable.Range(0, searched.Count)
                .Where(i => i != best && searched[i].HasPlan)
                .GroupBy(i => (searched[i].Layout.Degrees, searched[i].Layout.Schedule))
                .Select(group => group.MinBy(i => searched[i].Result!.Makespan))
                .OrderBy(i => searched[i].Result!.Makespan)
                .Take(Polished),
        ];
        Each(shown.Length, k =>
        {
            var (i, known) = (shown[k], searched[shown[k]].Result!);
            if (searched[i].OpenBound >= known.Makespan) return;
            var again = PlacementSearch.Solve(searched[i].Problem, known.Makespan, LayoutClosing.FirstNodes, cancel);

            // What is known already holds on; the joint model wants all paths.
            if (again.Plan is not null)
                searched[i] = searched[i] with { Result = again with { Bound = Math.Max(known.Bound, again.Bound), Cuts = [.. known.Cuts.Union(again.Cuts)] } };
        });
    }

    private List<SearchedLayout> Roots(IReadOnlyList<ScoredLayout> layouts, int start, int count, long limit, CancellationToken cancel)
    {
        if (!cancel.IsCancellationRequested) Problems.Prepare(Enumerable.Range(start, count).Select(i => layouts[i]), threads, cancel);
        var rooted = new SearchedLayout[count];
        Each(count, i => rooted[i] = Problems.Root(layouts[start + i], cancel.IsCancellationRequested ? 0 : limit, cancel));

        // Layouts that memory forces into lopsided placements have low closed-form bounds and high roots: they wait for a better limit.
        return [.. rooted.OrderBy(candidate => candidate.Root).ThenBy(candidate => candidate.Scored)];
    }

    private void Each(int count, Action<int> work) => Workers.Each(threads, count, work);

    private static LayoutSearchResult Stopped(List<SearchedLayout> searched, int best, double open) => new(
        best < 0 ? null : searched[best],
        searched,
        Math.Min(open, searched.Count == 0 ? double.MaxValue : searched.Min(layout => (double)layout.OpenBound)),
        false);

    private static (List<SearchedLayout> Searched, int Best) Opened(LayoutSearchResult known)
    {
        var searched = known.Searched.ToList();
        return (searched, known.Best is null ? -1 : searched.FindIndex(layout => ReferenceEquals(layout, known.Best)));
    }

    // The bound of all that is open.
    private static double Open(List<SearchedLayout> searched, int best, long below)
    {
        var makespan = best < 0 ? below : searched[best].Result!.Makespan;
        var open = searched.Count == 0 ? long.MaxValue : searched.Min(layout => layout.OpenBound);
        return open < makespan ? open : best < 0 ? double.MaxValue : makespan;
    }

    private static long Beyond(long makespan, double within) => within > 0 ? (long)Math.Ceiling(makespan * (1 + within)) + 1 : makespan;

    private static int Batch(IReadOnlyList<ScoredLayout> layouts, int start, long limit, int most)
    {
        var count = 0;
        while (count < most && start + count < layouts.Count && layouts[start + count].Bound < limit) count++;
        return count;
    }
}
