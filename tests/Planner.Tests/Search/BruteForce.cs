using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Tests.Search;

/// <summary>Every legal placement, straight from the contents rule; shares no code with the search.</summary>
internal static class BruteForce
{
    public static IEnumerable<StagePlan> Placements(PlacementProblem problem)
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
        var least = long.MaxValue;
        var durations = new long[problem.Graph.Durations.Length];
        var end = new long[problem.Graph.Nodes];
        foreach (var plan in Placements(problem))
        {
            var overrun = long.MinValue;
            for (var rank = 0; rank < problem.Graph.Ranks; rank++)
                overrun = Math.Max(overrun, problem.RankMemoryKib(rank, plan) - problem.LimitKib);
            least = Math.Min(least, overrun);
            if (overrun > 0) continue;
            problem.FillDurations(plan, durations);
            best = Math.Min(best, problem.Graph.Replay(durations, problem.Lag, end));
        }

        return (best, least);
    }

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
