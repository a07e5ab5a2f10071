using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>The bound over the space that DeepSeek-V3 on 2048 H800 is searched in.</summary>
internal sealed class StepBoundV3Test
{
    private const int Sampled = 300;

    [Test]
    public void Bound_DeepSeekV3Space_IsNeverAboveAReplay()
    {
        var machine = new HardwareCatalog().Load("h800").Spec;
        var model = new CostModel(
            new ModelCatalog().Load("v3-671b").Spec,
            machine,
            new StackCatalog().Load("deepseek").Spec,
            new Workload(4096, 15360, Precision.Fp8, null));
        var space = SearchSpace.Default(model, 2048, machine.Accelerator.Memory * 4, true) with { MicroBatch = [1, 2], Data = [16, 32, 64, 128, 256] };
        var table = CandidateTable.Score(model, space, 1, CancellationToken.None);
        var layouts = table.One.ToList();
        Assert.That(layouts, Has.Count.GreaterThan(100_000));

        var random = new Random(1);
        var tried = new HashSet<ISchedule>();
        for (var i = 0; i < Sampled; i++)
        {
            var scored = layouts[random.Next(layouts.Count)];
            var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
            if (layout.MicroBatches * layout.Schedule.Stages(layout.Pipeline) > 8000) continue;
            Assert.That(scored.Bound, Is.EqualTo(StepBoundTest.Bound(model, layout)), "the table's factors against the layout alone");
            var problem = model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), space.MemoryLimit);

            tried.Add(layout.Schedule);
            foreach (var ends in new[] { 0, 1, 2 })
                if (Even(problem, ends) is { } plan) Assert.That(scored.Bound, Is.LessThanOrEqualTo(StepBoundTest.Replay(problem, plan)), $"{layout}");
        }

        Assert.That(tried, Has.Count.GreaterThanOrEqualTo(6), "schedules sampled");
    }

    [TestCase(1)]
    [TestCase(2)]
    public void LeastLimit_DeepSeekV3Space_IsWhereTheFirstLayoutMayFit(int threads)
    {
        var machine = new HardwareCatalog().Load("h800").Spec;
        var model = new CostModel(
            new ModelCatalog().Load("v3-671b").Spec,
            machine,
            new StackCatalog().Load("deepseek").Spec,
            new Workload(4096, 960, Precision.Fp8, null));
        var space = SearchSpace.Default(model, 128, machine.Accelerator.Memory, false);
        var kib = CandidateTable.LeastLimitKib(model, space, threads, CancellationToken.None)!.Value;
        Assert.That(Fitting(kib - 1), Is.Zero);
        Assert.That(Fitting(kib), Is.Positive);

        int Fitting(long limit) => CandidateTable.Score(model, space with { MemoryLimit = new Bytes(limit * 1024.0) }, 2, CancellationToken.None).Layouts.Count;
    }

    [Test]
    public void Score_LargeDegrees_AreKeptWhole()
    {
        var machine = new HardwareCatalog().Load("h800").Spec;
        var model = new CostModel(
            new ModelCatalog().Load("llama3.1-8b").Spec, machine, new StackCatalog().Load("deepseek").Spec, new Workload(1 << 17, 1024, Precision.Bf16, null));
        var space = SearchSpace.Default(model, 65536, machine.Accelerator.Memory * 1e6, true) with { Tensor = [1], Data = [1], Pipeline = [1], MicroBatch = [256, 1024] };
        var layouts = CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts.Select(layout => layout.ToLayout(space, 1024)).ToList();
        Assert.That(layouts.Select(layout => (layout.MicroBatch, layout.MicroBatches)).Distinct(), Is.EquivalentTo(new[] { (256, 4), (1024, 1) }));
        Assert.That(layouts.Select(layout => layout.Degrees.Context), Is.All.EqualTo(65536));
    }

    // Layers evenly over the stages, with so many fewer on the last stage, which also holds the MTP module and the head.
    private static StagePlan? Even(PlacementProblem problem, int ends)
    {
        var layers = problem.DenseLayers + problem.MoeLayers;
        var counts = new int[problem.Stages];
        for (var i = 0; i < layers; i++) counts[problem.Stages <= layers ? i % problem.Stages : 1 + (i % (problem.Stages - 2))]++;
        var moved = Math.Min(ends, counts[^1]);
        counts[^1] -= moved;
        counts[counts.Length > 2 ? 1 : 0] += moved;
        if (counts.Skip(1).SkipLast(1).Any(count => count == 0)) return null;
        var dense = problem.DenseLayers;
        var stages = new StageContent[counts.Length];
        for (var stage = 0; stage < stages.Length; stage++)
        {
            var here = Math.Min(dense, counts[stage]);
            dense -= here;
            stages[stage] = new StageContent(here, counts[stage] - here, stage == stages.Length - 1 ? problem.MtpModules : 0);
        }

        return new StagePlan([.. stages]);
    }
}
