using NUnit.Framework;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Layers that differ, against every placement, each stage costed by the layers on it.</summary>
internal sealed class SequenceSearchTest
{
    private const int Draws = 25;

    // With a policy for every stage of more than four there are many placements.
    private static int DrawsOf(Planner.Cost.Schedules.ScheduleGraph graph) => graph.StagesOfRank.Sum(stages => stages.Length) > 4 ? 6 : Draws;

    [TestCaseSource(typeof(RandomProblem), nameof(RandomProblem.Cases))]
    public void Solve_SmallInstances_EqualsBruteForce(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < Draws; seed++) AssertFinds(RandomProblem.DrawSequence(graph, seed), $"seed {seed}");
    }

    [TestCaseSource(typeof(PerStageSearchTest), nameof(PerStageSearchTest.Cases))]
    public void Solve_PolicyForEveryStage_EqualsBruteForce(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < DrawsOf(graph); seed++) AssertFinds(RandomProblem.DrawSequence(graph, seed, levels: true), $"seed {seed}");
    }

    [TestCaseSource(typeof(PerStageSearchTest), nameof(PerStageSearchTest.Cases))]
    public void Bounds_NeverAboveTheOptimum(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 100; seed < 100 + DrawsOf(graph); seed++)
        {
            var problem = RandomProblem.DrawSequence(graph, seed, seed % 2 == 1);
            var (best, _) = BruteForce.Solve(problem);
            if (best == long.MaxValue) continue;
            var few = PlacementSearch.Solve(problem, best + 1, 40, CancellationToken.None);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(PlacementSearch.RootBound(problem), Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(PlacementSearch.RootBound(problem, best + 1), Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(few.Bound, Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(PlacementSearch.Solve(problem, best, CancellationToken.None).Plan, Is.Null, $"seed {seed}");
            }
        }
    }

    [TestCase("interleaved 2 3 4")]
    [TestCase("zbv 3 1 8")]
    [TestCase("1f1b 4 1 6")]
    public void Lines_AnyPlacement_AreTheLengthOfThePathAndTheMemory(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < 6; seed++)
        {
            var problem = RandomProblem.DrawSequence(graph, seed) with { LimitKib = 10_000 };
            var lines = new StageLines(problem, new LayerGroups(problem));
            var durations = new long[graph.Durations.Length];
            var end = new long[graph.Nodes];
            foreach (var plan in BruteForce.Placements(problem).Where((_, i) => i % 7 == 0).Take(40))
            {
                problem.FillDurations(plan, durations);
                graph.Replay(durations, problem.Lag, end);
                var path = graph.CriticalPath(problem.Lag, end);
                var counts = StageLinesTest.Counts(problem, plan);
                Assert.That(lines.Of(path).At(counts, problem), Is.EqualTo((double)path.Length(durations, problem.Lag)), $"seed {seed}");
                foreach (var rank in RankCosts.Of(problem))
                {
                    var most = double.MinValue;
                    foreach (var vector in rank.InFlight) most = Math.Max(most, lines.Overrun(rank, vector).At(counts, problem));
                    Assert.That(most, Is.EqualTo((double)(problem.RankMemoryKib(rank.Rank, plan) - problem.LimitKib)), $"seed {seed}");
                }
            }
        }
    }

    private static void AssertFinds(PlacementProblem problem, string what)
    {
        var (best, _) = BruteForce.Solve(problem);
        var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
        if (best == long.MaxValue)
        {
            Assert.That(result.Plan, Is.Null, what);
            return;
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Makespan, Is.EqualTo(best), what);
            Assert.That(result.Proven, Is.True, what);
            Assert.That(StepBoundTest.Replay(problem, result.Plan!), Is.EqualTo(best), what);
            Assert.That(problem.FullestKib(problem.StageCosts(result.Plan!)), Is.LessThanOrEqualTo(problem.LimitKib), what);
        }
    }
}
