using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>The search over stages against every placement; from four chunks a rank on the ranks' contents are too many to enumerate.</summary>
internal sealed class StageBranchTest
{
    [TestCase("interleaved 2 2 4", 20)]
    [TestCase("interleaved 2 3 4", 20)]
    [TestCase("interleaved 3 2 6", 20)]
    [TestCase("zbv 3 1 8", 20)]
    [TestCase("interleaved 2 4 4", 8)]
    public void Solve_SmallInstances_EqualsBruteForce(string schedule, int draws)
    {
        var graph = RandomProblem.Graph(schedule);
        var seen = 0;
        for (var seed = 0; seed < draws; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed);
            var (best, overrun) = BruteForce.Solve(problem);
            if (overrun > 0) continue;
            seen++;
            AssertFinds(problem, best, $"seed {seed}");
        }

        Assert.That(seen, Is.GreaterThan(draws / 3));
    }

    [TestCase("interleaved 2 5 4", 4)]
    [TestCase("interleaved 2 6 6", 3)]
    [TestCase("interleaved 3 4 6", 3)]
    [TestCase("interleaved 4 4 4", 2)]
    public void Solve_ManyChunks_EqualsBruteForce(string schedule, int surplus)
    {
        var graph = RandomProblem.Graph(schedule);
        var stages = graph.StagesOfRank.Sum(held => held.Length);
        for (var seed = 0; seed < 10; seed++)
        {
            // Layers of one kind or a few dense ones in front; memory at what some placement needs, or loose.
            var problem = RandomProblem.Draw(RandomProblem.Graph("interleaved 2 2 4"), seed) with { Graph = graph, MtpModules = 0, LimitKib = long.MaxValue / 8 };
            problem = new PlacementProblem(
                graph, problem.Lag, seed % 3, stages - 2 + surplus - (seed % 3), 0, problem.Embedding, problem.Dense, problem.Moe, problem.MtpOnLast,
                problem.MtpBeforeLast, problem.Head, problem.SendForward, problem.SendBackward, problem.RankBase, problem.LimitKib);
            var plans = Placements(problem).ToList();
            if (seed % 2 == 1) problem = problem with { LimitKib = plans.Select(plan => Peak(problem, plan)).Order().ElementAt(plans.Count / 4) };
            var best = plans.Where(plan => Peak(problem, plan) <= problem.LimitKib).Min(plan => StepBoundTest.Replay(problem, plan));
            AssertFinds(problem, best, $"seed {seed}");
        }
    }

    [Test]
    public void Solve_LimitAtOptimum_FindsNothingShorter()
    {
        var graph = RandomProblem.Graph("interleaved 2 4 4");
        for (var seed = 0; seed < 6; seed++)
        {
            var problem = RandomProblem.Draw(graph, seed);
            if (Solve(problem, long.MaxValue, long.MaxValue) is not { Plan: not null } best) continue;
            var none = Solve(problem, best.Makespan, long.MaxValue);
            var again = Solve(problem, best.Makespan + 1, long.MaxValue);
            using (Assert.EnterMultipleScope())
            {
                Assert.That((none.Plan, none.Bound), Is.EqualTo(((StagePlan?)null, best.Makespan)));
                Assert.That((again.Makespan, again.Bound), Is.EqualTo((best.Makespan, best.Makespan)));
            }
        }
    }

    [Test]
    public void Solve_CutShort_LeavesAnHonestBound([Values(1, 40, 200)] int nodes)
    {
        var graph = RandomProblem.Graph("interleaved 3 3 6");
        for (var seed = 0; seed < 12; seed++)
        {
            var problem = RandomProblem.Draw(RandomProblem.Graph("interleaved 2 2 4"), seed) with { LimitKib = long.MaxValue / 8 };
            problem = V(problem, graph);
            var best = Solve(problem, long.MaxValue, long.MaxValue);
            var stopped = Solve(problem, long.MaxValue, nodes);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(best.Proven, Is.True, $"seed {seed}");
                Assert.That(stopped.Bound, Is.LessThanOrEqualTo(best.Makespan), $"seed {seed}");
                Assert.That(stopped.Makespan, Is.GreaterThanOrEqualTo(best.Makespan), $"seed {seed}");
            }
        }
    }

    [Test]
    public void Solve_Twice_GivesTheSame()
    {
        var problem = RandomProblem.Draw(RandomProblem.Graph("interleaved 2 4 4"), 3) with { LimitKib = long.MaxValue / 8 };
        var (first, second) = (Solve(problem, long.MaxValue, 400), Solve(problem, long.MaxValue, 400));
        Assert.That((second.Makespan, second.Bound, second.Nodes, second.Replays), Is.EqualTo((first.Makespan, first.Bound, first.Nodes, first.Replays)));
        Assert.That(second.Plan!.Stages, Is.EqualTo(first.Plan!.Stages));
    }

    // The search over stages even where the one over ranks would be taken; what is known without branching is its first upper bound.
    private static PlacementResult Solve(PlacementProblem problem, long upperBound, long nodes)
    {
        var known = PlacementSearch.Solve(problem, upperBound, 0, CancellationToken.None);
        if (known.Plan is null && upperBound == long.MaxValue) return known;
        var limit = known.Plan is null ? upperBound : known.Makespan + 1;
        return PlacementSearch.ByStages(problem, known, limit, [], CancellationToken.None).Continue(limit, nodes);
    }

    private static void AssertFinds(PlacementProblem problem, long best, string what)
    {
        var result = Solve(problem, long.MaxValue, long.MaxValue);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Makespan, Is.EqualTo(best), what);
            Assert.That(result.Proven, Is.True, what);
            Assert.That(StepBoundTest.Replay(problem, result.Plan!), Is.EqualTo(best), what);
            Assert.That(Peak(problem, result.Plan!), Is.LessThanOrEqualTo(problem.LimitKib), what);
        }
    }

    private static PlacementProblem V(PlacementProblem problem, Planner.Cost.Schedules.ScheduleGraph graph) => new(
        graph, problem.Lag, 1, 14, 0, problem.Embedding, problem.Dense, problem.Moe, problem.MtpOnLast, problem.MtpBeforeLast, problem.Head,
        problem.SendForward, problem.SendBackward, problem.RankBase, problem.LimitKib);

    private static long Peak(PlacementProblem problem, StagePlan plan) =>
        Enumerable.Range(0, problem.Graph.Ranks).Max(rank => problem.RankMemoryKib(rank, plan));

    // Every stage but the first and the last holds a layer; what is left goes anywhere.
    private static IEnumerable<StagePlan> Placements(PlacementProblem problem)
    {
        var stages = problem.Stages;
        var surplus = problem.DenseLayers + problem.MoeLayers - (stages - 2);
        foreach (var extra in Compositions(surplus, stages))
        {
            var dense = problem.DenseLayers;
            var contents = new StageContent[stages];
            for (var stage = 0; stage < stages; stage++)
            {
                var layers = extra[stage] + (stage > 0 && stage < stages - 1 ? 1 : 0);
                contents[stage] = new StageContent(Math.Min(dense, layers), layers - Math.Min(dense, layers), 0);
                dense -= contents[stage].Dense;
            }

            yield return new StagePlan([.. contents]);
        }
    }

    private static IEnumerable<int[]> Compositions(int sum, int parts)
    {
        if (parts == 1)
        {
            yield return [sum];
            yield break;
        }

        for (var first = 0; first <= sum; first++)
            foreach (var rest in Compositions(sum - first, parts - 1)) yield return [first, .. rest];
    }
}
