using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Tests.Search;

/// <summary>Every legal placement, straight from the contents rule; shares no code with the search.</summary>
internal static class BruteForce
{
    public static IEnumerable<StagePlan> Placements(PlacementProblem problem) =>
        problem.Levels.IsEmpty ? Counts(problem) : Counts(problem).SelectMany(plan => Levels(problem, plan));

    // Every recompute policy on every stage.
    private static IEnumerable<StagePlan> Levels(PlacementProblem problem, StagePlan plan)
    {
        IEnumerable<ImmutableArray<StageContent>> all = [[]];
        foreach (var stage in plan.Stages)
            all = all.SelectMany(_ => Enumerable.Range(0, problem.Levels.Length), (before, level) => before.Add(stage with { Level = level }));
        return all.Select(stages => new StagePlan(stages));
    }

    /// <summary>
    /// Like <see cref="Placements"/>, but of the policies of a rank's stages that fit its memory only those that make no stage longer in every
    /// respect than others that fit; where none fits, none.
    /// </summary>
    private static IEnumerable<StagePlan> Fitting(PlacementProblem problem)
    {
        if (problem.Levels.IsEmpty) return Counts(problem).Where(plan => Overrun(problem, plan) <= 0);
        return Counts(problem).SelectMany(plan =>
        {
            IEnumerable<ImmutableArray<StageContent>> all = [plan.Stages];
            for (var rank = 0; rank < problem.Graph.Ranks; rank++)
            {
                var stages = problem.Graph.StagesOfRank[rank];
                var own = rank;
                var ways = Ways(plan.Stages, stages, problem.Levels.Length).Where(way => problem.RankMemoryKib(own, new StagePlan(way)) <= problem.LimitKib).ToList();
                ways = [.. ways.Where((way, i) => !ways.Where((other, j) => j != i && NoLonger(problem, stages, other, way) && (j < i || !NoLonger(problem, stages, way, other))).Any())];
                all = all.SelectMany(_ => ways, (before, way) => stages.Aggregate(before, (kept, stage) => kept.SetItem(stage, way[stage])));
            }

            return all.Select(stages => new StagePlan(stages));
        });
    }

    private static IEnumerable<ImmutableArray<StageContent>> Ways(ImmutableArray<StageContent> plan, ImmutableArray<int> stages, int levels)
    {
        IEnumerable<ImmutableArray<StageContent>> all = [plan];
        foreach (var stage in stages)
            all = all.SelectMany(_ => Enumerable.Range(0, levels), (before, level) => before.SetItem(stage, before[stage] with { Level = level }));
        return all;
    }

    private static bool NoLonger(PlacementProblem problem, ImmutableArray<int> stages, ImmutableArray<StageContent> left, ImmutableArray<StageContent> right)
    {
        var (a, b) = (problem.StageCosts(new StagePlan(left)), problem.StageCosts(new StagePlan(right)));
        return stages.All(stage => Times(a[stage]).Zip(Times(b[stage])).All(pair => pair.First <= pair.Second));
    }

    private static long[] Times(ItemCost cost) =>
    [
        cost.Forward, cost.BackwardInput, cost.Weight, cost.PairForwardCompute, cost.PairForwardTraffic, cost.PairBackwardCompute, cost.PairBackwardTraffic,
        cost.ReduceGradients, cost.Update, -cost.HiddenForward, -cost.HiddenBackward,
    ];

    private static long Overrun(PlacementProblem problem, StagePlan plan) =>
        Enumerable.Range(0, problem.Graph.Ranks).Max(rank => problem.RankMemoryKib(rank, plan)) - problem.LimitKib;

    private static IEnumerable<StagePlan> Counts(PlacementProblem problem)
    {
        var stages = problem.Stages;
        var layers = problem.DenseLayers + problem.MoeLayers;
        foreach (var counts in Compositions(layers, stages))
        {
            for (var mtpStage = stages - 1; mtpStage >= Math.Max(0, stages - (problem.MtpModules > 0 ? 2 : 1)); mtpStage--)
            {
                if (mtpStage < stages - 1 && counts[^1] > 0) continue;
                var dense = problem.DenseLayers;
                var contents = new StageContent[stages];
                var legal = true;
                for (var stage = 0; stage < stages; stage++)
                {
                    var here = Math.Min(dense, counts[stage]);
                    dense -= here;
                    contents[stage] = new StageContent(here, counts[stage] - here, stage == mtpStage ? problem.MtpModules : 0);
                    legal &= contents[stage].Layers + contents[stage].Mtp > 0 || stage == 0 || stage == stages - 1;
                }

                if (legal) yield return new StagePlan([.. contents]);
            }
        }
    }

    public static (long Best, long LeastOverrun) Solve(PlacementProblem problem)
    {
        var best = long.MaxValue;
        var durations = new long[problem.Graph.Durations.Length];
        var end = new long[problem.Graph.Nodes];
        foreach (var plan in Fitting(problem))
        {
            problem.FillDurations(plan, durations);
            best = Math.Min(best, problem.Graph.Replay(durations, problem.Lag, end));
        }

        return (best, Counts(problem).Min(plan => LeastOverrun(problem, plan)));
    }

    // Every rank with its leanest policies.
    private static long LeastOverrun(PlacementProblem problem, StagePlan plan) => problem.Levels.IsEmpty
        ? Overrun(problem, plan)
        : Enumerable.Range(0, problem.Graph.Ranks).Max(rank =>
            Ways(plan.Stages, problem.Graph.StagesOfRank[rank], problem.Levels.Length).Min(way => problem.RankMemoryKib(rank, new StagePlan(way)))) - problem.LimitKib;

    /// <summary>Step and memory of the fullest rank of every placement.</summary>
    public static IEnumerable<(long Step, long Kib)> All(PlacementProblem problem)
    {
        var durations = new long[problem.Graph.Durations.Length];
        var end = new long[problem.Graph.Nodes];
        foreach (var plan in Placements(problem))
        {
            problem.FillDurations(plan, durations);
            yield return (
                problem.Graph.Replay(durations, problem.Lag, end),
                Enumerable.Range(0, problem.Graph.Ranks).Max(rank => problem.RankMemoryKib(rank, plan)));
        }
    }

    private static IEnumerable<int[]> Compositions(int layers, int stages)
    {
        if (stages == 1)
        {
            yield return [layers];
            yield break;
        }

        for (var first = 0; first <= layers; first++)
            foreach (var rest in Compositions(layers - first, stages - 1))
                yield return [first, .. rest];
    }
}
