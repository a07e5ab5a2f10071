using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// The exact best placement of one layout, by branch and bound over the ranks of its graph with critical paths as cuts. Ties: the placement
/// found first in a fixed order; the search does not look at memory beyond the limit. The same problem and upper bound give the same result.
/// </summary>
public static class PlacementSearch
{
    /// <summary>So few nodes are spent without a local search first.</summary>
    public const long FewNodes = 500;

    private const int DescentReplays = 40;
    private const int FirstRound = 12;
    private const int UsualStages = 130;

    // Twice as many layers, four times the work a node.
    private const int UsualLayers = 130;

    // The contents of a rank's stages are enumerated together; beyond this many the local search's best is returned with the root bound.
    private const int MostStagesOfRank = 8;
    private const double MostWays = 2_000;

    // Ranks of more than two stages that run alone are branched on stage by stage where there are more ways.
    private const double FewWays = 20;

    // The lattice over ranks has an arc for every number of layers placed and every content of the next rank: it grows with the square of the layers.
    private const int MostLayers = 512;

    /// <summary>Finds the placement with the least replayed makespan below <paramref name="upperBound"/>.</summary>
    /// <param name="problem">The placement.</param>
    /// <param name="upperBound">Ticks; placements this long or longer are of no interest. long.MaxValue: all are.</param>
    /// <param name="cancel">Ends the search with the best so far and the lowest open bound.</param>
    /// <returns>
    /// Plan null and Bound = upperBound where nothing is shorter (where the quick bound says so, Fits is true without proof). Fits false where no placement fits,
    /// with the least overrun; long.MaxValue and rank -1 where there are fewer layers than stages need.
    /// </returns>
    public static PlacementResult Solve(PlacementProblem problem, long upperBound, CancellationToken cancel) =>
        Solve(problem, upperBound, long.MaxValue, cancel);

    /// <summary>The same with an end: after so many nodes the best so far is returned, with the lowest open bound; 0 takes the local search's word.</summary>
    public static PlacementResult Solve(PlacementProblem problem, long upperBound, long mostNodes, CancellationToken cancel) =>
        Solve(problem, upperBound, mostNodes, 0, cancel);

    /// <summary>The same with what is known already.</summary>
    /// <param name="root">What <see cref="RootBound"/> says of this upper bound; 0 where it has not been asked.</param>
    internal static PlacementResult Solve(PlacementProblem problem, long upperBound, long mostNodes, long root, CancellationToken cancel)
    {
        try
        {
            return Search(problem, upperBound, mostNodes, root, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Before anything was placed.
            return new PlacementResult(null, long.MaxValue, Math.Min(root, upperBound), true, 0, 0, [], 0, 0);
        }
    }

    /// <summary>Branches over ranks with the cuts that are known of the placement; looks for a first placement only where that was not done.</summary>
    internal static PlacementResult Continue(PlacementProblem problem, PlacementResult known, long upperBound, long mostNodes, CancellationToken cancel)
    {
        if (!known.Descended)
        {
            var first = Solve(problem, upperBound, mostNodes, 0, cancel);
            return first with { Cuts = [.. known.Cuts.Union(first.Cuts)] };
        }

        var costs = RankCosts.Of(problem);
        var incumbent = new Incumbent(problem, costs, upperBound);
        incumbent.Cuts.AddRange(known.Cuts);
        return Branch(problem, new PlacementRules(problem), costs, incumbent, known.Bound, mostNodes, cancel) with { Descended = true };
    }

    /// <summary>A placement that fits, replayed; null where none was found.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    internal static PlacementResult? First(PlacementProblem problem, CancellationToken cancel)
    {
        var costs = RankCosts.Of(problem);
        var rankCuts = RankCuts.Of(problem.Graph, cancel);
        if (Start(problem, new PlacementRules(problem), costs, rankCuts, cancel, out _, out _) is not { } start) return null;
        var incumbent = new Incumbent(problem, costs, long.MaxValue);
        new PlacementDescent(problem, costs, incumbent).Run(start, 0, cancel);
        new SequenceDescent(problem, costs, incumbent).Run(start, cancel);
        return incumbent.Plan is null ? null : Result(incumbent, 0, 0);
    }

    private static PlacementResult Search(PlacementProblem problem, long upperBound, long mostNodes, long root, CancellationToken cancel)
    {
        var costs = RankCosts.Of(problem);
        var rules = new PlacementRules(problem);
        var rankCuts = RankCuts.Of(problem.Graph, cancel);
        var incumbent = new Incumbent(problem, costs, upperBound);
        incumbent.Cuts.AddRange(rankCuts);
        if (upperBound < long.MaxValue)
        {
            if (root == 0) root = PlacementBound.Of(problem, costs, rankCuts, upperBound, cancel);
            if (root >= upperBound && root < long.MaxValue) return Result(incumbent, upperBound, 0);
        }

        // Where stages have their own policies, what is known without them is a good limit: few nodes mostly show that nothing is below it.
        if (problem.LevelsOfStage > 1 && upperBound < long.MaxValue && mostNodes is > 0 and <= FewNodes && Enumerates(problem))
            return Branch(problem, rules, costs, incumbent, root, mostNodes, cancel);

        var start = Start(problem, rules, costs, rankCuts, cancel, out var overrun, out var fullest);
        if (start is null && overrun > 0 && fullest >= 0 && !Enumerates(problem))
        {
            if (root == 0) root = PlacementBound.Of(problem, costs, rankCuts, upperBound, cancel);
            if (mostNodes > 0 && upperBound < long.MaxValue && Alone(problem))
                return new StageSearch(problem, costs, incumbent, null, root, [], cancel).Continue(upperBound, mostNodes);

            // The local search found nothing that fits, and the exact answer is out of reach: nothing is known but the bound.
            return Result(incumbent, Math.Min(root, upperBound), 0) with { ExcessKib = overrun, FullestRank = fullest };
        }

        if (start is null) return new PlacementResult(null, long.MaxValue, upperBound, false, overrun, fullest, [], 0, 0);

        new PlacementDescent(problem, costs, incumbent).Run(start, Replays(problem.Stages), cancel);
        new SequenceDescent(problem, costs, incumbent).Run(start, cancel);
        if (mostNodes <= 0 || !(Alone(problem) || Enumerates(problem)))
        {
            if (root == 0) root = PlacementBound.Of(problem, costs, rankCuts, incumbent.UpperBound, cancel);
            return Result(incumbent, Math.Min(root, incumbent.UpperBound), 0) with { Descended = !cancel.IsCancellationRequested };
        }

        // A limit is what the search over stages begins with: where layers differ, what was found may not fit after all.
        var found = incumbent.UpperBound < long.MaxValue;
        if (!found && !Enumerates(problem)) return Result(incumbent, root, 0);
        if (ByRanks(problem) || !found) return Branch(problem, rules, costs, incumbent, root, mostNodes, cancel) with { Descended = !cancel.IsCancellationRequested };
        if (root == 0) root = PlacementBound.Of(problem, costs, rankCuts, incumbent.UpperBound, cancel);
        return new StageSearch(problem, costs, incumbent, start, root, [], cancel).Continue(incumbent.UpperBound, mostNodes);
    }

    /// <summary>Several stages a rank, or layers that differ, and nothing overlapped: what <see cref="StageBranch"/> is for.</summary>
    internal static bool Alone(PlacementProblem problem) =>
        problem.LevelsOfStage == 1 && (problem.Sequence is not null || problem.Graph.StagesOfRank[0].Length > 1) && StageLines.Exact(problem);

    /// <summary>Whether the branch and bound over ranks is the better one: it settles placements that differ by little, but has to enumerate what a rank may hold.</summary>
    internal static bool ByRanks(PlacementProblem problem) =>
        Enumerates(problem)
        && (!Alone(problem) || problem.KnowsFirstLayers || (problem.Sequence is null && (problem.Graph.StagesOfRank[0].Length <= 2 || Ways(problem) <= FewWays)));

    /// <summary>A search over stages that can be continued.</summary>
    /// <param name="problem">The placement; some placement fits.</param>
    /// <param name="known">What is known of it; a first placement is looked for only where that was not done.</param>
    /// <param name="upperBound">Ticks; placements this long or longer are of no interest.</param>
    /// <param name="useful">Paths that bounded much elsewhere.</param>
    /// <param name="cancel">Ends it with the best so far.</param>
    /// <exception cref="OperationCanceledException">Cancelled before anything was placed.</exception>
    internal static StageSearch ByStages(PlacementProblem problem, PlacementResult known, long upperBound, IEnumerable<PathCut> useful, CancellationToken cancel)
    {
        var costs = RankCosts.Of(problem);
        var incumbent = new Incumbent(problem, costs, upperBound);
        var rankCuts = RankCuts.Of(problem.Graph, cancel);
        incumbent.Cuts.AddRange(known.Cuts.IsEmpty ? rankCuts : known.Cuts);
        if (known is { Descended: true, Plan: { } plan })
            return new StageSearch(problem, costs, incumbent, LayerCounts.Of(problem, plan), known.Bound, useful, cancel);
        var start = Start(problem, new PlacementRules(problem), costs, rankCuts, cancel, out _, out _);
        if (start is not null)
        {
            new PlacementDescent(problem, costs, incumbent).Run(start, Replays(problem.Stages), cancel);
            new SequenceDescent(problem, costs, incumbent).Run(start, cancel);
        }

        return new StageSearch(problem, costs, incumbent, start, known.Bound, useful, cancel);
    }

    /// <summary>A node of a model deeper than usual has more ways to go on and longer tables.</summary>
    internal static long NodeWeight(PlacementProblem problem, int usualLayers = UsualLayers)
    {
        var depth = (problem.DenseLayers + problem.MoeLayers) / usualLayers;
        return Math.Max(1, (long)depth * depth);
    }

    // All pairs of stages are weighed before each replay: of very many stages fewer moves are made.
    private static int Replays(int stages) => Math.Min(DescentReplays, Math.Max(4, DescentReplays * UsualStages * UsualStages / (stages * stages)));

    /// <summary>Whether what a rank may hold can be enumerated: few stages, not too many layers, and few ways to share a quarter more than its mean number of layers among them.</summary>
    public static bool Enumerates(PlacementProblem problem)
    {
        var stages = problem.Graph.StagesOfRank.Max(held => held.Length);
        if (stages > MostStagesOfRank) return false;
        var layers = problem.DenseLayers + problem.MoeLayers + problem.MtpModules;
        return layers <= MostLayers && Ways(problem) <= MostWays;
    }

    private static double Ways(PlacementProblem problem)
    {
        var stages = problem.Graph.StagesOfRank.Max(held => held.Length);
        var layers = problem.DenseLayers + problem.MoeLayers + problem.MtpModules;
        var spare = Math.Max(0, (layers * 5 / 4 / problem.Graph.Ranks) + 1 - stages);
        var ways = Math.Pow(problem.LevelsOfStage, stages - 1);
        for (var i = 1; i < stages; i++) ways = ways * (spare + i) / i;
        return ways;
    }

    /// <summary>A quick lower bound in ticks for all placements, in well under a millisecond; long.MaxValue where it shows that none fits.</summary>
    /// <param name="problem">The placement.</param>
    /// <param name="enough">The search for a higher bound ends here.</param>
    /// <param name="cancel">Ends it with a bound that is lower than need be.</param>
    public static long RootBound(PlacementProblem problem, long enough = long.MaxValue, CancellationToken cancel = default)
    {
        try
        {
            return PlacementBound.Of(problem, RankCosts.Of(problem), RankCuts.Of(problem.Graph, cancel), enough, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static PlacementResult Branch(
        PlacementProblem problem,
        PlacementRules rules,
        RankCosts[] costs,
        Incumbent incumbent,
        long root,
        long mostNodes,
        CancellationToken cancel)
    {
        var options = PlacementOptions.Enumerate(problem, rules, costs, incumbent.Cuts, incumbent.UpperBound, problem.LimitKib);
        var lattice = PlacementLatticeBuilder.Build(problem, rules, costs, options);
        var nodes = 0;
        for (var replays = FirstRound; ; replays *= 2)
        {
            lattice = Prune(lattice, options, costs, incumbent, problem.Lag, replays);
            if (lattice.Empty) return Result(incumbent, incumbent.UpperBound, nodes);
            var search = new RankSearch(lattice, options, costs, incumbent, problem, new SearchEffort(replays, mostNodes - nodes), cancel);
            search.Run();
            nodes += search.Nodes;
            if (!search.Stopped) return Result(incumbent, incumbent.UpperBound, nodes);
            if (!cancel.IsCancellationRequested && nodes < mostNodes) continue;
            if (root == 0) root = PlacementBound.Of(problem, costs, RankCuts.Of(problem.Graph, cancel), incumbent.UpperBound, cancel);
            return Result(incumbent, Math.Min(incumbent.UpperBound, Math.Max(root, search.OpenBound)), nodes);
        }
    }

    // Pruning narrows the tables, which prunes more; the last table loaded has room for the replays to come.
    private static PlacementLattice Prune(
        PlacementLattice lattice, PlacementOptions options, RankCosts[] costs, Incumbent incumbent, long lag, int spare)
    {
        while (!lattice.Empty)
        {
            lattice.Load(incumbent.Cuts, spare, options, costs, lag);
            var pruned = lattice.Pruned(incumbent.UpperBound);
            if (pruned.Arcs > lattice.Arcs * 0.9 && !pruned.Empty) return lattice;
            lattice = pruned;
        }

        return lattice;
    }

    // A placement that fits, evenly loaded if that fits; else null and the least overrun.
    private static LayerCounts? Start(
        PlacementProblem problem, PlacementRules rules, RankCosts[] costs, PathCut[] rankCuts, CancellationToken cancel, out long overrun, out int fullest)
    {
        (overrun, fullest) = (0, 0);
        var places = problem.MtpModules > 0 && problem.Stages > 1 ? 2 : 1;
        LayerCounts[] even = [.. Enumerable.Range(0, places).Select(place => PlacementStart.Work(problem, costs, rankCuts, place, cancel)).OfType<LayerCounts>()];
        if (even.Length > 0) return even.Length == 1 ? even[0] : even.MinBy(counts => Makespan(problem, costs, counts));

        (long Overrun, int Rank, LayerCounts Counts)? known = null;
        var state = new RankStates(problem, costs);
        for (var place = 0; place < places; place++)
        {
            var counts = PlacementStart.Memory(problem, costs, place, cancel);
            if (counts is null) continue;
            state.Load(counts);
            var over = state.FullestOverrun(out var rank);
            if (known is null || over < known.Value.Overrun) known = (over, rank, counts);
        }

        if (known is null)
        {
            (overrun, fullest) = (long.MaxValue, -1);
            return null;
        }

        var least = known.Value.Overrun <= 0 || !Enumerates(problem) ? known.Value : PlacementMemory.Least(problem, rules, costs, known.Value);
        if (least.Overrun <= 0) return least.Counts;
        (overrun, fullest) = (least.Overrun, least.Rank);
        return null;
    }

    private static long Makespan(PlacementProblem problem, RankCosts[] costs, LayerCounts counts)
    {
        var state = new RankStates(problem, costs);
        state.Load(counts);
        var replay = new Incumbent(problem, costs, 0);
        for (var rank = 0; rank < costs.Length; rank++) replay.Put(rank, state.Durations(rank));
        return replay.Replay(state.Contents, out _);
    }

    internal static PlacementResult Result(Incumbent incumbent, long bound, int nodes) => new(
        incumbent.Plan,
        incumbent.Makespan,
        bound,
        true,
        0,
        0,
        [.. incumbent.Cuts],
        nodes,
        incumbent.Replays);
}
