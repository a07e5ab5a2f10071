using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>A recompute policy for every stage, against every placement with every policy on every stage.</summary>
internal sealed class PerStageSearchTest
{
    private const int Draws = 25;

    public static readonly string[] Cases =
    [
        "dualpipe 4 1 8", "dualpipev 2 1 6", "dualpipev 3 1 7", "zbv 2 1 6", "zbv 3 1 8", "interleaved 2 2 4", "interleaved 3 2 6", "1f1b 4 1 6",
        "1f1b 2 1 4", "1f1b 1 1 3", "zb1p 4 1 6", "zb2p 4 1 9", "gpipe 4 1 4",
    ];

    [TestCaseSource(nameof(Cases))]
    public void Solve_SmallInstances_EqualsBruteForce(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < Draws; seed++)
        {
            var problem = RandomProblem.DrawLevels(graph, seed);
            var (best, overrun) = BruteForce.Solve(problem);
            var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
            Assert.That(result.Fits, Is.EqualTo(overrun <= 0), $"seed {seed}");
            if (overrun > 0)
            {
                Assert.That(result.ExcessKib, Is.EqualTo(overrun), $"seed {seed}");
                continue;
            }

            using (Assert.EnterMultipleScope())
            {
                Assert.That(result.Makespan, Is.EqualTo(best), $"seed {seed}");
                Assert.That(result.Proven, Is.True, $"seed {seed}");
                Assert.That(StepBoundTest.Replay(problem, result.Plan!), Is.EqualTo(best), $"seed {seed}");
                Assert.That(Enumerable.Range(0, graph.Ranks).Max(rank => problem.RankMemoryKib(rank, result.Plan!)), Is.LessThanOrEqualTo(problem.LimitKib));
            }
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Bounds_NeverAboveTheOptimum(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 100; seed < 100 + Draws; seed++)
        {
            var problem = RandomProblem.DrawLevels(graph, seed);
            var (best, _) = BruteForce.Solve(problem);
            if (best == long.MaxValue) continue;
            var few = PlacementSearch.Solve(problem, best + 1, PlacementSearch.FewNodes, CancellationToken.None);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(PlacementSearch.RootBound(problem), Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(PlacementSearch.RootBound(problem, best + 1), Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(few.Bound, Is.LessThanOrEqualTo(best), $"seed {seed}");
                Assert.That(PlacementSearch.Solve(problem, best, CancellationToken.None).Plan, Is.Null, $"seed {seed}");
            }
        }
    }

    [Test]
    public void Levels_AllTheSame_CostWhatOneLevelCosts()
    {
        var graph = RandomProblem.Graph("dualpipev 2 1 6");
        for (var seed = 0; seed < Draws; seed++)
        {
            var one = RandomProblem.Draw(graph, seed);
            var (best, _) = BruteForce.Solve(one);
            var several = RandomProblem.DrawLevels(graph, seed) with { LimitKib = one.LimitKib };
            var fastest = several with { Levels = [several.Levels[0], several.Levels[0]] };
            if (best < long.MaxValue && several.RankBase == one.RankBase)
                Assert.That(PlacementSearch.Solve(fastest, long.MaxValue, CancellationToken.None).Makespan, Is.EqualTo(best), $"seed {seed}");
        }
    }
}
