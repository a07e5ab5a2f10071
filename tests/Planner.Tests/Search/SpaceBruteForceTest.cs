using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>The whole search, table to joint model, against every layout with every placement of small spaces.</summary>
internal sealed class SpaceBruteForceTest
{
    private const int Instances = 24;

    [Test]
    public void Run_SmallSpaces_FindsTheTrueOptimum([Range(0, Instances - 1)] int seed)
    {
        var (model, space) = Draw(seed);
        var (best, layout) = SpaceBruteForce.Best(model, space, space.Tensor);
        var one = new SpaceSearch(model, space, false, 0, 0.05, true, 1).Run(null, CancellationToken.None);
        if (best == long.MaxValue)
        {
            Assert.That((one.Main.Best, one.Main.Complete), Is.EqualTo(((SearchedLayout?)null, true)));
            return;
        }

        Assert.That(one.Main.Best!.Result!.Makespan, Is.EqualTo(best), $"found {one.Main.Best.Layout}, true {layout}");
        if (model.Model.Shapes.Vary)
        {
            // The least that so many layers cost is a weak bound of three to five stages: what is best was found, but is not always proven.
            Assert.That(one.Main.Bound, Is.LessThanOrEqualTo(best));
            Assert.That(one.Joint?.Bound ?? 0, Is.LessThanOrEqualTo(best));
            if (one.Joint is null) return;
        }
        else Assert.That((one.Joint!.Status, one.Joint.Makespan, one.Joint.Bound), Is.EqualTo((ProofStatus.Optimal, best, best)));

        var two = new SpaceSearch(model, space, false, 0, 0.05, true, 2).Run(null, CancellationToken.None);
        Assert.That(two.Main.Best!.Layout, Is.EqualTo(one.Main.Best.Layout));
        Assert.That(two.Main.Best.Result!.Plan!.Stages, Is.EqualTo(one.Main.Best.Result.Plan!.Stages));
        Assert.That((two.Joint!.Chosen, two.Joint.Rounds, two.Survivors), Is.EqualTo((one.Joint.Chosen, one.Joint.Rounds, one.Survivors)));
        Assert.That(two.Joint.Plan!.Stages, Is.EqualTo(one.Joint.Plan!.Stages));
    }

    [Test]
    public void Score_PolicyForEveryStage_BoundsNeverAboveTheTrueOptimum([Range(0, 11)] int seed)
    {
        var (model, space) = Draw(seed);
        var seen = 0;
        foreach (var scored in CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts.Where(scored => scored.Recompute >= space.Recompute.Length))
        {
            var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
            var best = BruteForce.Solve(model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), space.MemoryLimit)).Best;
            Assert.That(scored.Bound, Is.LessThanOrEqualTo(best * (1 + 1e-9)), $"{layout}");
            if (best < long.MaxValue) seen++;
        }

        Assert.That(seen, Is.GreaterThan(seed % 9 == 8 ? -1 : 0));
    }

    [Test]
    public void Run_TensorAvoided_TakesTheSmallestDegreeWithinTheTie([Range(0, 5)] int seed, [Values(0, 0.3)] double tie)
    {
        var (model, space) = Draw(seed);
        var result = new SpaceSearch(model, space, true, tie, 0, false, 1).Run(null, CancellationToken.None);
        var byDegree = space.Tensor.Select(tp => (Tensor: tp, Best: SpaceBruteForce.Best(model, space, [tp])))
            .Where(pair => pair.Best.Layout is not null)
            .ToDictionary(pair => pair.Tensor, pair => pair.Best);
        if (byDegree.Count == 0)
        {
            Assert.That(result.Main.Best, Is.Null);
            return;
        }

        var fastest = byDegree.Values.Min(best => best.Step);
        var expected = byDegree.Where(pair => pair.Value.Step <= fastest * (1 + tie)).Min(pair => pair.Key);
        Assert.That(result.Main.Best!.Layout.Degrees.Tensor, Is.EqualTo(expected));
        Assert.That(result.Main.Best.Result!.Makespan, Is.EqualTo(byDegree[expected].Step));
        foreach (var (tensor, other) in result.Other)
        {
            var known = byDegree.TryGetValue(tensor, out var best) ? best : (long.MaxValue, null);
            Assert.That(other?.Result?.Makespan ?? long.MaxValue, Is.EqualTo(known.Step), $"found {other?.Layout}, true {known.Layout}");
        }
    }

    [Test]
    public void Twins_KeptOne_IsNeverSlowerOrFuller([Range(0, 11)] int seed)
    {
        var (model, space) = Draw(seed);
        space = space with { Schedules = [new DualPipe(), new DualPipeV()], MicroBatch = [1], Extrapolate = true };
        foreach (var layout in SpaceBruteForce.Layouts(model, space, space.Tensor).Where(layout => layout.Schedule is DualPipe))
        {
            var degrees = layout.Degrees with { Data = 2 * layout.Degrees.Data, Pipeline = layout.Degrees.Pipeline / 2 };
            var kept = layout with { Degrees = degrees, Schedule = new DualPipeV(), MicroBatches = layout.MicroBatches / 2 };
            Assert.That(Twins.Folds(space, layout.Schedule, layout.Pipeline), Is.True);
            var (slow, lean) = Least(model, layout);
            var (step, memory) = Least(model, kept);
            Assert.That(step, Is.LessThanOrEqualTo(slow), $"{layout}");
            Assert.That(memory, Is.LessThanOrEqualTo(lean), $"{layout}");
        }
    }

    private static (long Step, long Kib) Least(CostModel model, LayoutSpec layout)
    {
        var problem = model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), Bytes.FromGib(1e6));
        return (BruteForce.Solve(problem).Best, BruteForce.Solve(problem with { LimitKib = 0 }).LeastOverrun);
    }

    // Loose, tight and too little memory in turn; some heads outweigh the layers.
    internal static (CostModel Model, SearchSpace Space) Draw(int seed)
    {
        var random = new Random(seed);
        var spec = StepBoundModels.Model(random, 3, 5);
        var stack = StepBoundModels.Stack(random) with { FoldedExperts = seed % 2 == 1 };
        stack = stack with { Exposed = stack.Exposed with { ExpertParallelNeedsChunks = seed % 4 < 2, ExpertParallel = seed % 4 < 2 ? 0.2 : 1 } };
        var machine = StepBoundModels.Machine(random);
        machine = machine with { Node = machine.Node with { Gpus = 2 << random.Next(2) } };
        var gpus = machine.Node.Gpus * random.Next(1, 3);
        if (gpus < 4) gpus = 4;
        var workload = new Workload(1024, 8 * random.Next(1, 3), random.Next(2) == 0 ? Precision.Bf16 : Precision.Fp8, null);
        var model = new CostModel(spec, machine, stack, workload);
        var space = SearchSpace.Default(model, gpus, Bytes.FromGib(1e6), random.Next(2) == 0) with { MicroBatch = [1, 2] };
        if (seed % 3 == 0) return (model, space);
        var least = SpaceBruteForce.LeastKib(model, space);
        return (model, space with { MemoryLimit = new Bytes(1024 * (seed % 9 == 8 ? least - 1 : least + random.Next(0, 100_000))) });
    }
}
