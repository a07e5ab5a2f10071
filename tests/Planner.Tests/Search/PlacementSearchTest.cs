using NUnit.Framework;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class PlacementSearchTest
{
    private const int Draws = 25;

    [TestCaseSource(typeof(RandomProblem), nameof(RandomProblem.Cases))]
    public void Solve_SmallInstances_EqualsBruteForce(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < Draws; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed);
            var (best, overrun) = BruteForce.Solve(problem);
            var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
            Assert.That(result.Fits, Is.EqualTo(overrun <= 0), $"seed {seed}");
            if (overrun > 0)
            {
                Assert.That(result.ExcessKib, Is.EqualTo(overrun), $"seed {seed}");
                Assert.That(result.Plan, Is.Null);
                continue;
            }

            Assert.That(result.Makespan, Is.EqualTo(best), $"seed {seed}");
            Assert.That(result.Proven, Is.True, $"seed {seed}");
            AssertReplays(problem, result);
        }
    }

    [TestCaseSource(typeof(RandomProblem), nameof(RandomProblem.Cases))]
    public void Solve_UpperBoundAtOptimum_FindsNothingShorter(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 100; seed < 100 + Draws; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed);
            var best = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
            if (best.Plan is null) continue;
            var none = PlacementSearch.Solve(problem, best.Makespan, CancellationToken.None);
            var again = PlacementSearch.Solve(problem, best.Makespan + 1, CancellationToken.None);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(none.Plan, Is.Null);
                Assert.That(none.Bound, Is.EqualTo(best.Makespan));
                Assert.That(again.Makespan, Is.EqualTo(best.Makespan), $"seed {seed}");
                Assert.That(again.Bound, Is.EqualTo(best.Makespan));
            }
        }
    }

    [TestCaseSource(typeof(RandomProblem), nameof(RandomProblem.Cases))]
    public void RootBound_NeverAboveTheOptimum(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 200; seed < 200 + Draws; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed);
            var (best, _) = BruteForce.Solve(problem);
            var bound = PlacementSearch.RootBound(problem);
            if (best == long.MaxValue) continue;
            Assert.That(bound, Is.LessThanOrEqualTo(best), $"seed {seed}");
            Assert.That(bound, Is.GreaterThan(best / 4), $"seed {seed}");
            Assert.That(PlacementSearch.RootBound(problem, best + 1), Is.LessThanOrEqualTo(best), $"seed {seed}");
        }
    }

    [Test]
    public void Solve_Twice_GivesTheSamePlan([Values("dualpipe 8 1 16", "interleaved 3 2 6")] string schedule)
    {
        for (var seed = 300; seed < 320; seed++)
        {
            var first = PlacementSearch.Solve(RandomProblem.Draw(RandomProblem.Graph(schedule), seed), long.MaxValue, CancellationToken.None);
            var second = PlacementSearch.Solve(RandomProblem.Draw(RandomProblem.Graph(schedule), seed), long.MaxValue, CancellationToken.None);
            if (first.Plan is null) continue;
            Assert.That(second.Plan!.Stages, Is.EqualTo(first.Plan.Stages));
            Assert.That((second.Nodes, second.Replays), Is.EqualTo((first.Nodes, first.Replays)));
        }
    }

    [Test]
    public void Solve_TooFewLayers_DoesNotFit()
    {
        var problem = RandomProblem.Draw(RandomProblem.Graph("1f1b 4 1 6"), 1) with { DenseLayers = 0, MoeLayers = 1, MtpModules = 0 };
        var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
        Assert.That((result.Plan, result.Fits, result.FullestRank), Is.EqualTo(((Planner.Cost.Layout.StagePlan?)null, false, -1)));
    }

    [Test]
    public void Solve_Cancelled_ReturnsAnHonestBound()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var problem = V3Problem.DualPipe();
        var root = PlacementSearch.RootBound(problem);
        var stopped = PlacementSearch.Solve(problem, long.MaxValue, long.MaxValue, root, source.Token);
        var best = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stopped.Bound, Is.LessThanOrEqualTo(best.Makespan));
            Assert.That(stopped.Bound, Is.AtLeast(root));
            Assert.That(stopped.Makespan, Is.GreaterThanOrEqualTo(best.Makespan));
        }
    }

    [Test]
    public void Solve_DeepSeekV3OnDualPipe_IsProven()
    {
        var result = PlacementSearch.Solve(V3Problem.DualPipe(), long.MaxValue, CancellationToken.None);
        Assert.That(result.Proven, Is.True);
        AssertReplays(V3Problem.DualPipe(), result);
    }

    private static void AssertReplays(PlacementProblem problem, PlacementResult result)
    {
        var plan = result.Plan!;
        var durations = new long[problem.Graph.Durations.Length];
        problem.FillDurations(plan, durations);
        var makespan = problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(makespan, Is.EqualTo(result.Makespan));
            Assert.That(plan.Stages.Sum(s => s.Dense), Is.EqualTo(problem.DenseLayers));
            Assert.That(plan.Stages.Sum(s => s.Moe), Is.EqualTo(problem.MoeLayers));
            Assert.That(plan.Stages.Sum(s => s.Mtp), Is.EqualTo(problem.MtpModules));
            for (var rank = 0; rank < problem.Graph.Ranks; rank++)
                Assert.That(problem.RankMemoryKib(rank, plan), Is.LessThanOrEqualTo(problem.LimitKib));
            foreach (var cut in result.Cuts) Assert.That(cut.Length(durations, problem.Lag), Is.LessThanOrEqualTo(result.Makespan));
        }
    }
}
