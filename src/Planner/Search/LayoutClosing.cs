using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Branches on the open placements of many layouts while they may hold something better than the best; effort grows with every try and has an end.</summary>
internal static class LayoutClosing
{
    // Nodes of one placement when it is first taken up; a placement that stays open gets more in later rounds. The sum has an end.
    public const long FirstNodes = 3_000;
    private const long MoreNodes = 10;
    public const long AllNodes = 60_000;
    public const long AllPerStageNodes = 400_000;

    // The same for the search over stages; less where the gap is already as small as this share of the step. Where a search only wants something
    // to compare with, it does without.
    private const long FirstStageNodes = 1_500;
    private const long MoreStageNodes = 3;
    public const long AllStageNodes = 100_000;
    private const long EnoughStageNodes = 20_000;
    private const double SmallGap = 0.005;

    // Twice as many layers, four times the work a node.
    private const int UsualLayers = 130;

    // What enumerating and pruning one placement costs, in nodes.
    private const long SetUpNodes = 1_000;

    /// <summary>First over ranks, fewest tries first, then lowest bound; what that leaves open over stages, four tries at a time, lowest bound first.</summary>
    /// <param name="searched">Layouts; those tried hold what was found.</param>
    /// <param name="best">The best of them; -1 without one.</param>
    /// <param name="below">Steps this long or longer are of no interest.</param>
    /// <param name="perStage">Over ranks only layouts whose stages have a choice of recompute policy.</param>
    /// <param name="ranksLeft">Nodes over ranks.</param>
    /// <param name="stagesLeft">Nodes over stages.</param>
    /// <param name="report">Told the best makespan and the bound of what is open.</param>
    /// <param name="cancel">Ends it with the best so far.</param>
    /// <returns>The bound of all that is left.</returns>
    public static double Close(
        List<SearchedLayout> searched,
        ref int best,
        long below,
        bool perStage,
        long ranksLeft,
        long stagesLeft,
        Action<long, double> report,
        CancellationToken cancel)
    {
        var tries = new int[searched.Count];
        var byRank = searched.Select(layout => (!perStage || layout.Problem.LevelsOfStage > 1) && PlacementSearch.Enumerates(layout.Problem)).ToArray();
        var byStage = searched.Select(layout => PlacementSearch.Alone(layout.Problem)).ToArray();
        var useful = new Dictionary<ScheduleGraph, IReadOnlyList<PathCut>>();
        for (var stages = false; ;)
        {
            var makespan = best < 0 ? below : searched[best].Result!.Makespan;
            var open = -1;
            var bound = (double)makespan;
            for (var i = 0; i < searched.Count; i++)
            {
                if (searched[i].OpenBound >= makespan) continue;
                bound = Math.Min(bound, searched[i].OpenBound);
                if (!(stages ? byStage[i] : byRank[i])) continue;
                if (open < 0 || Turn(i).CompareTo(Turn(open)) < 0) open = i;
            }

            if (bound == makespan) return best < 0 ? double.MaxValue : makespan;
            report(makespan, bound);
            if (cancel.IsCancellationRequested) return bound;
            ref var left = ref (stages ? ref stagesLeft : ref ranksLeft);
            var enough = stages && bound >= makespan * (1 - SmallGap) && stagesLeft <= AllStageNodes - EnoughStageNodes;
            if (open < 0 || left <= 0 || enough)
            {
                if (stages || makespan == long.MaxValue) return bound;
                stages = true;
                Array.Clear(tries);
                continue;
            }

            var known = searched[open].Result!;
            var graph = searched[open].Problem.Graph;
            var weight = NodeWeight(searched[open].Problem);
            var again = PlacementSearch.Solve(
                searched[open].Problem, makespan, Math.Max(1, Math.Min(Effort(tries[open]++, stages), left) / weight), 0, stages, useful.GetValueOrDefault(graph, []), cancel);
            left -= (again.Nodes + SetUpNodes) * weight;
            if (again.Useful.Length > 0) useful[graph] = again.Useful;
            searched[open] = searched[open] with
            {
                Result = again.Plan is null
                    ? known with { Bound = Math.Max(known.Bound, again.Bound), Cuts = [.. known.Cuts, .. again.Cuts], Nodes = known.Nodes + again.Nodes }
                    : again with { Nodes = known.Nodes + again.Nodes },
            };
            if (again.Plan is not null && again.Makespan < makespan) best = open;

            (int Tries, long Bound) Turn(int i) => (stages ? tries[i] / 4 : tries[i], searched[i].OpenBound);
        }
    }

    // A node of a model deeper than usual has more ways to go on and longer tables.
    private static long NodeWeight(PlacementProblem problem)
    {
        var depth = (problem.DenseLayers + problem.MoeLayers) / UsualLayers;
        return Math.Max(1, (long)depth * depth);
    }

    private static long Effort(int tries, bool stages)
    {
        var most = stages ? FirstStageNodes : FirstNodes;
        for (var i = 0; i < tries; i++) most *= stages ? MoreStageNodes : MoreNodes;
        return most;
    }
}
