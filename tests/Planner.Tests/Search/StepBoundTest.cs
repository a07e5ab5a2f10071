using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>The closed-form bound that prunes layouts must lie below every replay, in ticks.</summary>
internal sealed class StepBoundTest
{
    private const int Models = 250;
    private const int LayoutsOfAModel = 12;
    private const int Placements = 6;

    [Test]
    public void Bound_RandomLayouts_IsNeverAboveAReplay([Range(0, 3)] int part)
    {
        var graphs = new Dictionary<(ISchedule, PipelineShape), ScheduleGraph>();
        var (seen, ratios) = (0, 0.0);
        for (var seed = part * Models / 4; seed < (part + 1) * Models / 4; seed++)
        {
            var random = new Random(seed);
            var model = StepBoundModels.Model(random, 2, 14);
            var (machine, stack) = (StepBoundModels.Machine(random), StepBoundModels.Stack(random));
            for (var i = 0; i < LayoutsOfAModel; i++)
            {
                if (StepBoundModels.Layout(random, model, machine, stack) is not { } drawn) continue;
                var (cost, layout) = drawn;
                if (!graphs.TryGetValue((layout.Schedule, layout.Pipeline), out var graph))
                    graphs.Add((layout.Schedule, layout.Pipeline), graph = layout.Schedule.Graph(layout.Pipeline));
                var problem = cost.Problem(layout, graph, Bytes.FromGib(1e6));
                var bound = Bound(cost, layout);
                var what = $"seed {seed} layout {i}: {layout.Schedule.Name} {layout.Pipeline} {layout.Degrees} {layout.Sharding} of {model.Layers.Length} layers";
                var best = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
                if (best.Plan is null) continue;
                seen++;
                Assert.That(bound, Is.LessThanOrEqualTo(best.Makespan), what);
                ratios += bound / best.Makespan;
                foreach (var plan in Draw(random, problem)) Assert.That(bound, Is.LessThanOrEqualTo(Replay(problem, plan)), what);
            }
        }

        Assert.That(seen, Is.GreaterThan(100));
        Assert.That(ratios / seen, Is.GreaterThan(0.7), "a bound that says something, on average");
    }

    [TestCase("dualpipev", 2, 24)]
    [TestCase("dualpipe", 4, 48)]
    [TestCase("zbv", 2, 24)]
    [TestCase("dualpipev", 1, 8)]
    public void Bound_HeadOutweighsLayers_LeavesTheEmbeddingAlone(string name, int ranks, int microBatches)
    {
        // Where one rank holds first and last stage, a heavy head drives the layers off both.
        var schedule = ScheduleCatalog.Find(name)!;
        var degrees = new Degrees(1, 1, ranks, 1, 1, 1);
        var layout = new LayoutSpec(degrees, 1, microBatches, schedule, RecomputePolicy.None, Sharding.None);
        var attention = new GroupedQueryAttention(8, 8, 64, false, false, false, true);
        var model = new ModelSpec(
            "heavy head", 512, 150_000, [LayerKind.Dense, LayerKind.Dense], attention, new MlpSpec(1024, Activation.SwiGlu, false), null, 0, false, 0, Norm.Rms);
        var cost = new CostModel(
            model,
            new HardwareCatalog().Load("h800").Spec,
            new StackCatalog().Load("deepseek").Spec with { Exposed = new ExposedShares(1, 1, 1, 1, 0), Overlap = new OverlapRates(0, 1, 1, 0) },
            new Workload(4096, microBatches, Precision.Bf16, null));
        var best = PlacementSearch.Solve(cost.Problem(layout, schedule.Graph(layout.Pipeline), Bytes.FromGib(1e6)), long.MaxValue, CancellationToken.None);
        if (ranks > 1) Assert.That((best.Plan!.Stages[0].Layers, best.Plan.Stages[^1].Layers), Is.EqualTo((0, 0)));
        Assert.That(Bound(cost, layout), Is.InRange(0.8 * best.Makespan, best.Makespan));
    }

    /// <summary>The bound as the table of candidates computes it.</summary>
    internal static double Bound(CostModel cost, LayoutSpec layout)
    {
        var work = new ModelWork(cost, LayoutItems.KeyOf(cost, layout));
        var states = StateTotals.Of(cost, work.Parts, layout.Degrees, layout.Schedule.Copies, layout.Sharding);
        return layout.Schedule.Bound(work.With(LayoutItems.SendSeconds(cost, layout.Degrees, work.Key), states), layout.Pipeline);
    }

    internal static long Replay(PlacementProblem problem, StagePlan plan)
    {
        var durations = new long[problem.Graph.Durations.Length];
        problem.FillDurations(plan, durations);
        return problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]);
    }

    // Random cuts of the layers; a cut that leaves a stage in the middle empty is not legal.
    private static IEnumerable<StagePlan> Draw(Random random, PlacementProblem problem)
    {
        var layers = problem.DenseLayers + problem.MoeLayers;
        for (var i = 0; i < Placements; i++)
        {
            var cuts = Enumerable.Range(0, problem.Stages - 1).Select(_ => random.Next(layers + 1)).Append(0).Append(layers).Order().ToArray();
            var mtp = problem.Stages - 1 - (problem.Stages > 1 && problem.MtpModules > 0 ? random.Next(2) : 0);
            if (mtp < problem.Stages - 1) cuts[^2] = layers;
            var stages = Enumerable.Range(0, problem.Stages).Select(stage =>
            {
                var dense = Math.Min(cuts[stage + 1], problem.DenseLayers) - Math.Min(cuts[stage], problem.DenseLayers);
                return new StageContent(dense, cuts[stage + 1] - cuts[stage] - dense, stage == mtp ? problem.MtpModules : 0);
            }).ToArray();
            if (stages.Skip(1).SkipLast(1).All(stage => stage.Layers + stage.Mtp > 0)) yield return new StagePlan([.. stages]);
        }
    }
}
