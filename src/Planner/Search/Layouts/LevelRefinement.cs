using Planner.Cost.Layout;

namespace Planner.Search;

/// <summary>
/// A recompute policy of its own for every stage where ranks hold more than two. The space has such a layout where one policy for all stages costs
/// much: its best plan with one policy is within a share of the fastest plan, and recomputing takes no less of that step than <see cref="LeastCost"/>.
/// </summary>
internal static class LevelRefinement
{
    /// <summary>Share of a step that recomputing takes at least.</summary>
    public const double LeastCost = 0.02;

    /// <summary>Adds the layouts with a policy for every stage that were searched, and takes the fastest of all.</summary>
    /// <param name="problems">Placements of layouts.</param>
    /// <param name="space">Space.</param>
    /// <param name="known">What is known with one policy for all stages.</param>
    /// <param name="near">Share of the fastest step.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="report">Told the best makespan and the bound of what is open.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    public static LayoutSearchResult Run(
        LayoutProblems problems, SearchSpace space, LayoutSearchResult known, double near, int threads, Action<int, long, double>? report, CancellationToken cancel)
    {
        if (!space.PerStage || space.Recompute.Length < 2 || known is not { Complete: true, Best: { Result: { } best } }) return known;
        var limit = best.Makespan;
        var choice = RecomputePolicy.PerStage(space.Recompute);
        var refined = new List<SearchedLayout>();
        foreach (var policies in known.Searched.Where(HasManyStages).GroupBy(one => one.Layout with { Recompute = choice }))
        {
            var one = policies.MinBy(layout => layout.Result!.Makespan)!;
            if (one.Result!.Makespan <= limit * (1 + near) && Refined(problems, space, one, policies.Key, limit, cancel) is { } open) refined.Add(open);
        }

        if (refined.Count == 0) return known;
        var first = refined.FindIndex(layout => layout.HasPlan && layout.Result!.Makespan == refined.Min(other => other.Result!.Makespan));
        if (first >= 0 && refined[first].Result!.Makespan >= limit) first = -1;
        var closing = new LayoutClosing(refined, first, limit, threads, (makespan, bound) => report?.Invoke(known.Searched.Count, makespan, bound), cancel);
        var bound = closing.ByStage(LayoutClosing.AllStageNodes);
        List<SearchedLayout> searched = [.. known.Searched, .. refined.Where(layout => layout.HasPlan || layout.OpenBound < limit)];
        return known with
        {
            Best = closing.Best < 0 ? known.Best : refined[closing.Best],
            Searched = searched,
            Bound = Math.Min(known.Bound, bound),
            Complete = !cancel.IsCancellationRequested,
        };
    }

    private static bool HasManyStages(SearchedLayout searched) =>
        searched is { PerStage: false, HasPlan: true } && searched.Problem.Graph.StagesOfRank[0].Length > SearchSpace.MostStagesWithPolicies;

    // Null where recomputing costs little, or nothing shorter is possible. A first plan: as many layers on every stage.
    private static SearchedLayout? Refined(LayoutProblems problems, SearchSpace space, SearchedLayout one, LayoutSpec layout, long limit, CancellationToken cancel)
    {
        var refined = problems.Choosing(one.Scored with { Recompute = (byte)space.Recompute.Length, Bound = 0 }, layout, limit, cancel);
        var problem = refined.Problem;
        if (!PlacementSearch.Alone(problem) || problem.LevelsOfStage < 2) return null;
        var plan = one.Result!.Plan!;
        var makespan = one.Result.Makespan;
        if (makespan - Fastest(refined, plan) < LeastCost * makespan || refined.Root >= limit) return null;
        var place = plan.Stages.Length > 1 && plan.Stages[^2].Mtp > 0 ? 1 : 0;
        var start = LayerCounts.Of(problem, [.. plan.Stages.Select(stage => stage.Layers)], place);
        return refined with { Limit = limit, Result = PlacementSearch.Choose(problem, start, limit) with { Bound = refined.Root } };
    }

    // The step of a plan were nothing computed again, fitting or not.
    private static long Fastest(SearchedLayout refined, StagePlan plan)
    {
        var problem = refined.Problem;
        var durations = new long[problem.Graph.Durations.Length];
        problem.FillDurations(new StagePlan([.. plan.Stages.Select(stage => stage with { Level = StageContent.LeastOfLevels })]), durations);
        return problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]);
    }
}
