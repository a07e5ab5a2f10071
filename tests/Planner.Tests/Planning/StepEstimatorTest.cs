using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Search;
using Planner.Tests.Search;

namespace Planner.Tests.Planning;

/// <summary>Estimates of random layouts with their best placements: the parts, the search's integers and the programs must tell one story.</summary>
internal sealed class StepEstimatorTest
{
    private const int Draws = 400;
    private const double Tick = 1.0 / Ticks.PerSecond;

    [Test]
    public void Estimate_RandomLayouts_AddsUp()
    {
        var schedules = new HashSet<string>();
        foreach (var (model, layout, problem, placed) in Drawn(Draws))
        {
            schedules.Add(layout.Schedule.Name);
            var estimate = new StepEstimator(model, layout, placed.Plan!).Estimate();
            Assert.That(estimate.Step, Is.EqualTo(Ticks.ToSeconds(placed.Makespan)), $"the search's own: {layout}");
            AssertParts(layout, estimate);
            AssertMemory(model, layout, problem, placed.Plan!, estimate);
            var tokens = (double)model.Workload.GlobalBatch * model.Workload.SequenceLength;
            Assert.That(estimate.TokensPerGpuPerSecond * estimate.Step.Value * layout.Degrees.Gpus, Is.EqualTo(tokens).Within(1e-9).Percent);
        }

        Assert.That(schedules, Is.EquivalentTo(ScheduleCatalog.All.Select(schedule => schedule.Name)));
    }

    [Test]
    public void Timeline_IsTheEstimate()
    {
        foreach (var (model, layout, _, placed) in Drawn(40))
        {
            var estimator = new StepEstimator(model, layout, placed.Plan!);
            var lines = estimator.Timeline().GroupBy(entry => entry.Rank).ToList();
            Assert.That(lines.Select(line => line.Key), Is.EqualTo(Enumerable.Range(0, layout.Degrees.Pipeline)));
            Assert.That(lines.Max(line => line.Max(entry => entry.End)), Is.EqualTo(estimator.Estimate().Step));
            foreach (var line in lines)
                Assert.That(line.Zip(line.Skip(1)).All(pair => pair.First.End <= pair.Second.Start), "a rank does one thing at a time");
        }
    }

    // Where nothing hides and nothing overlaps, what shows is all that is sent, as the traffic table counts it by other functions. That table leaves out the
    // copy of the embedding beside a multi-token-prediction module.
    [Test]
    public void ExposedCommunication_NothingHides_IsAllTraffic()
    {
        var sending = 0;
        foreach (var (drawn, layout, _, placed) in Drawn(Draws))
        {
            if (layout.Schedule.Overlaps || drawn.Model.MtpModules > 0) continue;
            var stack = drawn.Stack with
            {
                Exposed = new ExposedShares(1, 1, 1, 1, 1),
                Host = new(0, 0, default),
                Rates = [.. drawn.Stack.Rates.Select(rates => rates with { MoeLayerHost = default })],
            };
            var model = new CostModel(drawn.Model, drawn.Machine, stack, drawn.Workload);
            var sent = new StepTraffic(model, layout, placed.Plan!, null).Rows().Sum(row => row.Time.Value);
            var operations = layout.Schedule.Operations(layout.Pipeline).Max(program => program.Length);
            var exposed = new StepEstimator(model, layout, placed.Plan!).Estimate().ExposedCommunication.Value;
            Assert.That(exposed, Is.EqualTo(sent).Within((Tick * operations * (model.Model.Layers.Length + 3)) + (1e-9 * sent)), layout.ToString());
            if (sent > 0) sending++;
        }

        Assert.That(sending, Is.GreaterThan(Draws / 4));
    }

    [Test]
    public void ExposedCommunication_AnyLayout_IsPartOfTheStep()
    {
        var hiding = 0;
        foreach (var (model, layout, _, placed) in Drawn(Draws))
        {
            var estimate = new StepEstimator(model, layout, placed.Plan!).Estimate();
            var sent = new StepTraffic(model, layout, placed.Plan!, null).Rows().Sum(row => row.Time.Value);
            Assert.That(estimate.ExposedCommunication.Value, Is.InRange(estimate.Parts.DataParallel.Value, (estimate.Step - estimate.Parts.Bubble).Value + Tick), layout.ToString());
            Assert.That(estimate.StageImbalance, Is.InRange(1, layout.Degrees.Pipeline + 1e-9));
            if (estimate.ExposedCommunication.Value < 0.9 * sent) hiding++;
        }

        Assert.That(hiding, Is.GreaterThan(10));
    }

    [TestCaseSource(nameof(Improvements))]
    public void Better_IsNeverSlower(string what, Func<MachineSpec, MachineSpec> machine, Func<StackSpec, StackSpec> stack)
    {
        var faster = 0;
        foreach (var (model, layout, _, placed) in Drawn(60))
        {
            var better = new CostModel(model.Model, machine(model.Machine), stack(model.Stack), model.Workload);
            var step = PlacementSearch.Solve(Problem(better, layout), long.MaxValue, CancellationToken.None).Makespan;

            // A rounded duration may be a tick longer.
            Assert.That(step, Is.LessThanOrEqualTo(placed.Makespan * 1.001), $"{what}: {layout}");
            if (step < placed.Makespan) faster++;
        }

        Assert.That(faster, Is.GreaterThan(10), what);
    }

    private static IEnumerable<TestCaseData> Improvements()
    {
        yield return Case("network", machine => machine with { Network = new(machine.Network.LinkBandwidth * 2, machine.Network.EffectiveBandwidth * 2, machine.Network.Latency) }, Same);
        yield return Case("NVLink", machine => machine with { Node = machine.Node with { LinkBandwidth = machine.Node.LinkBandwidth * 2, EffectiveBandwidth = machine.Node.EffectiveBandwidth * 2 } }, Same);
        yield return Case("HBM", machine => machine with { Accelerator = machine.Accelerator with { MemoryBandwidth = machine.Accelerator.MemoryBandwidth * 2 } }, Same);
        yield return Case("peak", machine => machine with { Accelerator = machine.Accelerator with { Bf16 = machine.Accelerator.Bf16 * 2, Fp8 = machine.Accelerator.Fp8 * 2 } }, Same);
        yield return Case("latency", machine => machine with { Node = machine.Node with { Latency = default }, Network = machine.Network with { Latency = default } }, Same);
        yield return Case("exposed", Same, stack => stack with { Exposed = new ExposedShares(0, 0, 0, 0, stack.Exposed.Pipeline) });

        static TestCaseData Case(string what, Func<MachineSpec, MachineSpec> machine, Func<StackSpec, StackSpec> stack) =>
            new TestCaseData(what, machine, stack).SetArgDisplayNames(what);

        static T Same<T>(T value) => value;
    }

    // Every operation of a rank's program once, at its stage's own time; what is left of the step is bubble.
    private static void AssertParts(LayoutSpec layout, Estimate estimate)
    {
        var programs = layout.Schedule.Operations(layout.Pipeline);
        for (var rank = 0; rank < programs.Length; rank++)
        {
            double Sum(Func<StageEstimate, Seconds> time, params OperationKind[] kinds) =>
                programs[rank].Where(operation => kinds.Contains(operation.Kind)).Sum(operation => time(estimate.Stages[operation.Stage]).Value);

            var parts = estimate.Ranks[rank];
            using (Assert.EnterMultipleScope())
            {
                Assert.That(parts.Forward.Value, Is.EqualTo(Sum(stage => stage.Forward, OperationKind.Forward)).Within(Tick));
                Assert.That(parts.BackwardInput.Value, Is.EqualTo(Sum(stage => stage.BackwardInput, OperationKind.Backward, OperationKind.BackwardInput)).Within(Tick));
                Assert.That(parts.Weight.Value, Is.EqualTo(Sum(stage => stage.Weight, OperationKind.Backward, OperationKind.Weight)).Within(Tick));
                Assert.That(parts.Overlapped.Value > 0, Is.EqualTo(programs[rank].Any(operation => operation.Kind == OperationKind.Overlapped)));
                Assert.That(parts.Bubble.Value, Is.GreaterThan(-Tick));
                Assert.That(Math.Min(parts.DataParallel.Value, parts.Optimizer.Value), Is.GreaterThanOrEqualTo(0));
                Assert.That(parts.Total.Value, Is.EqualTo(estimate.Step.Value).Within(Tick));
            }
        }

        Assert.That(estimate.Parts.Total.Value, Is.EqualTo(estimate.Step.Value).Within(Tick));
        Assert.That(estimate.Parts.Bubble.Value, Is.EqualTo(estimate.Ranks.Average(parts => parts.Bubble.Value)).Within(Tick));
    }

    // The search rounds every item up to a KiB, and counts the unused weight gradients of all kinds of layers on every rank.
    private static void AssertMemory(CostModel model, LayoutSpec layout, PlacementProblem problem, StagePlan plan, Estimate estimate)
    {
        var (key, memory) = (LayoutItems.KeyOf(model, layout), model.Stack.Memory);
        var unused = memory.AllocatorOverhead * (ModelParts.Of(model, key, false).Fixed - model.Layers.Fixed(key, [], mtp: false));
        for (var rank = 0; rank < layout.Degrees.Pipeline; rank++)
        {
            var folded = layout.Schedule.Copies == 2 ? Math.Min(rank, layout.Degrees.Pipeline - 1 - rank) : rank;
            var searched = problem.RankMemoryKib(folded, plan) * 1024.0;
            Assert.That(estimate.Memory[rank].Total.Value, Is.InRange(searched - (1 << 20) - unused, searched), $"rank {rank} of {layout}");
        }
    }

    private static IEnumerable<(CostModel Model, LayoutSpec Layout, PlacementProblem Problem, PlacementResult Placed)> Drawn(int count)
    {
        for (var seed = 0; count > 0; seed++)
        {
            var random = new Random(5000 + seed);
            var spec = StepBoundModels.Model(random, 3, 10);
            if (StepBoundModels.Layout(random, spec, StepBoundModels.Machine(random), StepBoundModels.Stack(random)) is not { } drawn) continue;
            var problem = Problem(drawn.Model, drawn.Layout);
            var placed = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
            if (placed.Plan is null) continue;
            count--;
            yield return (drawn.Model, drawn.Layout, problem, placed);
        }
    }

    private static PlacementProblem Problem(CostModel model, LayoutSpec layout) =>
        model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), Bytes.FromGib(1e6));
}
