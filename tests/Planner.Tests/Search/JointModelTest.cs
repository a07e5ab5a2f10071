using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class JointModelTest
{
    private const int Gpus = 16 * 16 * 9 * 5 * 7;
    private const int ShippedGpus = 2048;

    [Test]
    public void Solve_SmallInstances_EqualsBruteForceOverAllCandidates([Range(0, 19)] int seed)
    {
        var cases = RandomProblem.Cases;
        var candidates = new List<JointCandidate>();
        var best = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var name = cases[((seed * 3) + i) % cases.Length];
            var (problem, shortest) = Draw(name, (seed * 1000) + i, mustFit: i == 0);
            best = Math.Min(best, shortest);
            candidates.Add(Candidate(name, problem, 1 << i, PlacementSearch.RootBound(problem)));
        }

        // Any legal placement that fits will do as a hint: the model has to find the way itself.
        var (hint, plan) = FirstThatFits(candidates);
        var result = JointModel.Solve(candidates, Gpus, long.MaxValue, hint, plan, CancellationToken.None);
        Assert.That((result.Status, result.Makespan, result.Bound), Is.EqualTo((ProofStatus.Optimal, best, best)));
        Assert.That(Replay(candidates[result.Chosen].Problem, result.Plan!), Is.EqualTo(best));

        var again = JointModel.Solve(candidates, Gpus, long.MaxValue, hint, plan, CancellationToken.None);
        Assert.That((again.Chosen, again.Rounds), Is.EqualTo((result.Chosen, result.Rounds)));
        Assert.That(again.Plan!.Stages, Is.EqualTo(result.Plan!.Stages));

        var none = JointModel.Solve(candidates, Gpus, best - 1, result.Chosen, result.Plan!, CancellationToken.None);
        Assert.That((none.Status, none.Chosen, none.Plan), Is.EqualTo((ProofStatus.Infeasible, -1, (StagePlan?)null)));
    }

    [Test]
    public void Solve_DeepSeekV3_AgreesWithTheSearch()
    {
        var candidates = new List<JointCandidate>();
        PlacementResult? best = null;
        var hint = 0;
        foreach (var (name, tensor) in new[] { ("dualpipe 16 1 120", 1), ("zb1p 16 1 60", 2) })
        {
            var problem = V3Problem.On(name, 74);
            var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
            candidates.Add(Candidate(name, problem, tensor, PlacementSearch.RootBound(problem)) with { Cuts = result.Cuts });
            if (best is not null && best.Makespan <= result.Makespan) continue;
            (best, hint) = (result, candidates.Count - 1);
        }

        var joint = JointModel.Solve(candidates, Gpus, best!.Makespan, hint, best.Plan!, CancellationToken.None);
        Assert.That((joint.Status, joint.Chosen, joint.Makespan), Is.EqualTo((ProofStatus.Optimal, hint, best.Makespan)));
    }

    [Test]
    public void Solve_ShippedV3_ProvesTheSearchsPlacement()
    {
        var (fast, slow) = ShippedV3();
        var joint = Solve(fast.Result!.Makespan, 0, fast, slow);
        Assert.That((joint.Status, joint.Chosen, joint.Makespan), Is.EqualTo((ProofStatus.Optimal, 0, fast.Result.Makespan)));
        Assert.That(joint.Plan!.Stages, Is.EqualTo(fast.Result.Plan!.Stages));
    }

    [Test]
    public void Solve_ShippedV3WithTheSlowerLayoutSuggested_FindsTheFaster([Values] bool withCuts)
    {
        var (fast, slow) = ShippedV3();
        if (!withCuts) fast = fast with { Result = fast.Result! with { Cuts = [] } };
        var joint = Solve(long.MaxValue, 1, fast, slow);
        Assert.That((joint.Status, joint.Chosen, joint.Makespan), Is.EqualTo((ProofStatus.Optimal, 0, fast.Result!.Makespan)));
        Assert.That(Replay(fast.Problem, joint.Plan!), Is.EqualTo(joint.Makespan));
    }

    [Test]
    public void Solve_SuggestedPlanThatDoesNotFit_Throws()
    {
        var problem = V3Problem.DualPipe();
        var plan = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None).Plan!;
        var candidate = Candidate("dualpipe 16 1 120", problem with { LimitKib = problem.LimitKib / 2 }, 1, 0);
        Assert.That(() => JointModel.Solve([candidate], Gpus, long.MaxValue, 0, plan, CancellationToken.None), Throws.InvalidOperationException);
    }

    [Test]
    public void Solve_Cancelled_KeepsTheHint()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var problem = V3Problem.DualPipe();
        var plan = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
        var bound = PlacementSearch.RootBound(problem);
        var joint = JointModel.Solve([Candidate("dualpipe 16 1 120", problem, 1, bound)], Gpus, long.MaxValue, 0, plan.Plan!, source.Token);
        Assert.That((joint.Status, joint.Makespan, joint.Bound), Is.EqualTo((ProofStatus.Feasible, plan.Makespan, bound)));
    }

    private static (PlacementProblem Problem, long Best) Draw(string name, int seed, bool mustFit)
    {
        while (true)
        {
            var problem = RandomProblem.Draw(RandomProblem.Graph(name), seed);
            var (best, overrun) = BruteForce.Solve(problem);
            if (overrun <= 0 || !mustFit) return (problem, best);
            seed += 10;
        }
    }

    // DeepSeek-V3 on 2048 H800, from the shipped files: the two fastest layouts, 1.2 % apart; the first has many placements within 0.1 %.
    private static (SearchedLayout Fast, SearchedLayout Slow) ShippedV3()
    {
        var machine = new HardwareCatalog().Load("h800").Spec;
        var stack = new StackCatalog().Load("deepseek").Spec;
        var model = new CostModel(new ModelCatalog().Load("v3-671b").Spec, machine, stack, new Workload(4096, 15360, Precision.Fp8, 1.0));
        var search = new LayoutSearch(model, SearchSpace.Default(model, ShippedGpus, machine.Accelerator.Memory, false), 1);
        var selective = stack.RecomputePolicies.Single(policy => policy.Name == "selective");
        var found = new[] { (new Degrees(256, 1, 8, 64, 1, 1), "dualpipev"), (new Degrees(128, 1, 16, 16, 1, 1), "zbv") }
            .Select(entry => new LayoutSpec(entry.Item1, 1, 15360 / entry.Item1.Data, ScheduleCatalog.Find(entry.Item2)!, selective, Sharding.Zero1))
            .Select(layout => search.Search(layout, long.MaxValue, CancellationToken.None))
            .ToArray();
        Assert.That(found.All(layout => layout.Result!.Proven));
        Assert.That(found[1].Result!.Makespan, Is.GreaterThan(found[0].Result!.Makespan));
        return (found[0], found[1]);
    }

    private static JointResult Solve(long upperBound, int hint, params SearchedLayout[] layouts) => JointModel.Solve(
        [.. layouts.Select(found => new JointCandidate(found.Layout, found.Problem, found.Result!.Cuts, PlacementSearch.RootBound(found.Problem)))],
        ShippedGpus,
        upperBound,
        hint,
        layouts[hint].Result!.Plan!,
        CancellationToken.None);

    private static JointCandidate Candidate(string name, PlacementProblem problem, int tensor, long bound)
    {
        var parts = name.Split(' ');
        var pipeline = int.Parse(parts[1], null);

        // Every small degree divides the number of GPUs.
        var degrees = new Degrees(Gpus / (pipeline * tensor), tensor, pipeline, 1, 1, int.Parse(parts[2], null));
        var layout = new LayoutSpec(degrees, 1, int.Parse(parts[3], null), ScheduleCatalog.Find(parts[0])!, RecomputePolicy.None, Sharding.Zero1);
        return new JointCandidate(layout, problem, [], bound);
    }

    private static (int Candidate, StagePlan Plan) FirstThatFits(List<JointCandidate> candidates)
    {
        for (var i = candidates.Count - 1; i >= 0; i--)
        {
            var problem = candidates[i].Problem;
            var plan = BruteForce.Placements(problem).FirstOrDefault(
                plan => Enumerable.Range(0, problem.Graph.Ranks).All(rank => problem.RankMemoryKib(rank, plan) <= problem.LimitKib));
            if (plan is not null) return (i, plan);
        }

        throw new InvalidOperationException("no draw fits");
    }

    private static long Replay(PlacementProblem problem, StagePlan plan)
    {
        var durations = new long[problem.Graph.Durations.Length];
        problem.FillDurations(plan, durations);
        return problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]);
    }
}
