using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Bounds from the lattice of placements, against every placement with every policy on every stage.</summary>
internal sealed class LatticeBoundTest
{
    private const int Draws = 15;

    [TestCase("dualpipev 2 1 6")]
    [TestCase("zbv 2 1 6")]
    [TestCase("interleaved 2 2 4")]
    [TestCase("1f1b 4 1 6")]
    public void Of_SmallInstances_NeverAboveTheOptimum(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        var proven = 0;
        for (var seed = 200; seed < 200 + Draws; seed++)
        {
            var problem = RandomProblem.DrawLevels(graph, seed);
            var (best, _) = BruteForce.Solve(problem);
            if (best == long.MaxValue) continue;
            var cuts = PlacementSearch.Solve(problem, long.MaxValue, PlacementSearch.FewNodes, CancellationToken.None).Cuts;
            using (Assert.EnterMultipleScope())
            {
                foreach (var makespan in (long[])[best, best + 1, best + (best / 10), 2 * best])
                {
                    Assert.That(LatticeBound.Of(problem, cuts, best / 2, makespan, CancellationToken.None), Is.LessThanOrEqualTo(best).And.AtLeast(best / 2), $"seed {seed}");
                    Assert.That(LatticeBound.Of(problem, [], best / 2, makespan, CancellationToken.None), Is.LessThanOrEqualTo(best), $"seed {seed}");
                }
            }

            if (LatticeBound.Of(problem, cuts, best / 2, best, CancellationToken.None) == best) proven++;
        }

        Assert.That(proven, Is.Positive, "the cuts of a search prove some optimum by themselves");
    }
}
