using System.Collections.Immutable;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Branches on the open placements of many layouts while they may hold something better than the best: over ranks where these have few stages,
/// over stages where a rank has several that run alone. The effort has an end.
/// </summary>
internal sealed class LayoutClosing(List<SearchedLayout> searched, int best, long below, int threads, Action<long, double> report, CancellationToken cancel)
{
    // Nodes of one placement when it is first taken up; a placement that stays open gets more in later rounds. The sum has an end.
    public const long FirstNodes = 3_000;
    private const long MoreNodes = 10;
    public const long AllNodes = 60_000;
    public const long AllPerStageNodes = 4_000_000;

    // The search over ranks ends here where the gap is small already, or where more than a few layouts are open or one by much: more nodes hardly
    // close them all.
    private const long EnoughNodes = 400_000;
    private const int FewOpen = 2;
    private const double WideGap = 0.05;

    // Nodes beyond are many enough to be felt: already models twice as deep as this pay more. A node of 120 layers took about nine times as long
    // as one of 60 (DeepSeek-V3 with 120, DeepSeek-V2).
    private const int FewLayers = 40;

    // Over stages a search goes on where it left off, so many nodes at a time. One that only wants something to compare with ends soon.
    private const long StageNodes = 4_000;
    public const long AllStageNodes = 2_000_000;
    public const long FewStageNodes = 10_000;

    // Where the small gap took few nodes, some more may close it.
    private const long FewForGap = 80_000;
    private const long EnoughStageNodes = 40_000;
    private const double SmallGap = 0.005;

    // A gap below the small one is printed as less.
    private const double Hair = 0.0001;

    // Searches that go on side by side; as many on one thread, so that they find the same. More than threads, for some end sooner than others.
    private const int Together = 6;

    // What enumerating and pruning one placement costs, in nodes.
    private const long SetUpNodes = 1_000;

    private readonly bool[] byStage = [.. searched.Select(layout => PlacementSearch.Alone(layout.Problem))];

    /// <summary>The best of the layouts; -1 without one.</summary>
    public int Best { get; private set; } = best;

    private long Makespan => Best < 0 ? below : searched[Best].Result!.Makespan;

    /// <summary>Branches over ranks, fewest tries first, then lowest bound.</summary>
    /// <param name="perStage">Only layouts whose stages have a choice of recompute policy, or only the others; null: all.</param>
    /// <param name="left">Nodes.</param>
    /// <returns>The bound of all that is left.</returns>
    public double ByRank(bool? perStage, long left)
    {
        var tries = new int[searched.Count];
        var plenty = left - EnoughNodes;
        bool[] taken = [.. searched.Select((layout, i) => perStage != (layout.Problem.LevelsOfStage == 1) && PlacementSearch.ByRanks(layout.Problem))];
        while (Next(taken, tries, Makespan) is (var open and >= 0, var bound))
        {
            report(Makespan, bound);
            if (Ends(left, plenty, bound) || (left <= plenty && (Open(taken) > FewOpen || bound < Makespan * (1 - WideGap)))) break;
            var weight = left <= plenty ? PlacementSearch.NodeWeight(searched[open].Problem, FewLayers) : PlacementSearch.NodeWeight(searched[open].Problem);
            var again = PlacementSearch.Continue(searched[open].Problem, searched[open].Result!, Makespan, Math.Max(1, Math.Min(Effort(tries[open]++), left) / weight), cancel);
            left -= (again.Nodes + SetUpNodes) * weight;
            Take(open, again, again.Cuts, searched[open].Result!.Nodes + again.Nodes);
        }

        return Next(taken, tries, Makespan).Bound;
    }

    /// <summary>
    /// Branches over stages, lowest bounds first: for what is better than the best by more than the small gap, and where that took little, for all
    /// that is better.
    /// </summary>
    /// <param name="left">Nodes.</param>
    /// <returns>The bound of all that is left.</returns>
    public double ByStage(long left)
    {
        var spent = ByStage(left, SmallGap - Hair, new StageSearch?[searched.Count], out var known);
        if (spent < FewForGap) ByStage(Math.Min(left - spent, EnoughStageNodes), 0, known, out _);
        return Next(byStage, [], Makespan).Bound;
    }

    // Returns the nodes that it took. What was known from searches for less is where these begin.
    private long ByStage(long left, double gap, StageSearch?[] known, out StageSearch?[] searches)
    {
        var going = searches = new StageSearch?[searched.Count];
        var busy = new bool[searched.Count];
        var nodes = searched.Select(layout => (long)(layout.Result?.Nodes ?? 0)).ToArray();
        var (all, asked) = (0L, 0L);
        Workers.InTurn(threads, Together, Choose, Took);
        return all;

        Func<StagePart>? Choose()
        {
            var limit = (long)(Makespan * (1 - gap));
            if (Makespan == long.MaxValue || all + asked >= left || cancel.IsCancellationRequested || Next(byStage, [], limit) is not ( >= 0, var bound)) return null;
            report(Makespan, bound);
            var open = Enumerable.Range(0, searched.Count).Where(i => byStage[i] && !busy[i] && searched[i].OpenBound < limit).DefaultIfEmpty(-1).MinBy(i => i < 0 ? 0 : searched[i].OpenBound);
            if (open < 0) return null;
            busy[open] = true;
            var (most, useful) = (Math.Min(StageNodes, left - all - asked), Useful(open));
            asked += most;
            return () => Continue(ref going[open], open, limit, most, useful);
        }

        void Took(StagePart one)
        {
            busy[one.Layout] = false;
            asked -= one.Asked;
            if (one.Found is not { } again) return;
            all += one.Nodes;
            Take(one.Layout, again, again.Cuts, (int)Math.Min(int.MaxValue, nodes[one.Layout] + again.Nodes));
        }

        // Paths of its last search, or of another of the same graph, for one that begins.
        PathCut[] Useful(int i)
        {
            if (going[i] is not null) return [];
            if (known[i] is { } last) return [.. last.Useful];
            var other = Enumerable.Range(0, going.Length).LastOrDefault(k => going[k] is not null && !busy[k] && ReferenceEquals(searched[k].Problem.Graph, searched[i].Problem.Graph), -1);
            return other < 0 ? [] : [.. going[other]!.Useful];
        }
    }

    private bool Ends(long left, long plenty, double bound) =>
        left <= 0 || cancel.IsCancellationRequested || (left <= plenty && bound >= Makespan * (1 - SmallGap));

    private StagePart Continue(ref StageSearch? search, int i, long limit, long most, PathCut[] useful)
    {
        try
        {
            search ??= PlacementSearch.ByStages(searched[i].Problem, searched[i].Result!, limit, useful, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new StagePart(i, null, 0, most);
        }

        var before = search.Nodes;
        return new StagePart(i, search.Continue(limit, most), search.Nodes - before, most);
    }

    // The next layout of those taken that is open below a limit, -1 without one; the bound of all that are open.
    private (int Open, double Bound) Next(bool[] taken, int[] tries, long limit)
    {
        var makespan = Makespan;
        var (open, bound) = (-1, (double)makespan);
        for (var i = 0; i < searched.Count; i++)
        {
            if (searched[i].OpenBound >= makespan) continue;
            bound = Math.Min(bound, searched[i].OpenBound);
            if (taken[i] && searched[i].OpenBound < limit && (open < 0 || Turn(i).CompareTo(Turn(open)) < 0)) open = i;
        }

        return (open, bound == makespan && Best < 0 ? double.MaxValue : bound);

        (int Tries, long Bound) Turn(int i) => (tries.Length > 0 ? tries[i] : 0, searched[i].OpenBound);
    }

    private void Take(int i, PlacementResult again, ImmutableArray<PathCut> cuts, int nodes)
    {
        var (makespan, known) = (Makespan, searched[i].Result!);
        searched[i] = searched[i] with
        {
            Result = again.Plan is null
                ? known with { Bound = Math.Max(known.Bound, again.Bound), Cuts = cuts, Nodes = nodes, Descended = known.Descended || again.Descended }
                : again with { Cuts = cuts, Nodes = nodes },
        };
        if (again.Plan is not null && again.Makespan < makespan) Best = i;
    }

    // Layouts that may hold something better by more than the small gap.
    private int Open(bool[] taken) => Enumerable.Range(0, searched.Count).Count(i => taken[i] && searched[i].OpenBound < Makespan * (1 - SmallGap));

    private static long Effort(int tries)
    {
        var most = FirstNodes;
        for (var i = 0; i < tries; i++) most *= MoreNodes;
        return most;
    }

    /// <summary>A part of a search over stages.</summary>
    /// <param name="Layout">Layout.</param>
    /// <param name="Found">What the search has found by now; null where it was cancelled before it began.</param>
    /// <param name="Nodes">Nodes that the part took.</param>
    /// <param name="Asked">Nodes that it was given.</param>
    private sealed record StagePart(int Layout, PlacementResult? Found, long Nodes, long Asked);
}
