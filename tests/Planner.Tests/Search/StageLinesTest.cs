using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class StageLinesTest
{
    [TestCase("interleaved 2 3 4")]
    [TestCase("interleaved 2 4 4")]
    [TestCase("zbv 3 1 8")]
    [TestCase("1f1b 4 1 6")]
    public void Of_AnyPlacement_IsTheLengthOfThePath(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < 6; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed) with { LimitKib = 10_000 };
            var lines = new StageLines(problem, new LayerGroups(problem));
            var costs = RankCosts.Of(problem);
            var durations = new long[graph.Durations.Length];
            var end = new long[graph.Nodes];
            var cuts = RankCuts.Of(graph).ToList();
            foreach (var plan in BruteForce.Placements(problem).Where((_, i) => i % 7 == 0).Take(40))
            {
                problem.FillDurations(plan, durations);
                graph.Replay(durations, problem.Lag, end);
                cuts.Add(graph.CriticalPath(problem.Lag, end));
                var counts = Counts(problem, plan);
                foreach (var cut in cuts.TakeLast(12))
                    Assert.That(lines.Of(cut).At(counts, problem), Is.EqualTo((double)cut.Length(durations, problem.Lag)), $"seed {seed}");
                foreach (var rank in costs)
                {
                    var most = double.MinValue;
                    foreach (var vector in rank.InFlight) most = Math.Max(most, lines.Overrun(rank, vector).At(counts, problem));
                    Assert.That(most, Is.EqualTo((double)(problem.RankMemoryKib(rank.Rank, plan) - problem.LimitKib)), $"seed {seed}");
                }
            }
        }
    }

    [Test]
    public void Exact_OverlappedPairs_AreNotLinear()
    {
        Assert.That(StageLines.Exact(RandomProblem.Draw(RandomProblem.Graph("dualpipev 2 1 6"), 1)), Is.False);
        Assert.That(StageLines.Exact(RandomProblem.Draw(RandomProblem.Graph("interleaved 2 2 4"), 1)), Is.True);
    }

    internal static LayerCounts Counts(PlacementProblem problem, StagePlan plan) => LayerCounts.Of(
        problem,
        [.. plan.Stages.Select(stage => stage.Layers)],
        problem.MtpModules > 0 && plan.Stages[^1].Mtp == 0 ? 1 : 0);
}
