using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Planning;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Tests.Plans;

/// <summary>What is written is read back whole, to the six digits of a plan file.</summary>
[TestFixture]
public sealed class RoundTripTests
{
    private static readonly Dictionary<string, Plan> Plans = new()
    {
        ["sample"] = SamplePlan.Plan(),
        ["everything"] = FullPlan.Plan(),
        ["estimate"] = SamplePlan.Plan() with { Solver = null },
    };

    [Test]
    public void Read_Written_IsTheRequest([ValueSource(nameof(Names))] string name)
    {
        var (plan, saved) = Both(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Comparable(saved.Request), Is.EqualTo(Comparable(plan.Request)));
            Assert.That(saved.Request.Nodes, Is.EqualTo(plan.Request.Nodes));
            Assert.That(saved.Request.MemoryLimit.Gib, Is.EqualTo(SixDigits.Round(plan.Request.MemoryLimit.Gib)));
            Assert.That(Spelled(saved.Request.Pins), Is.EqualTo(Spelled(plan.Request.Pins)));
            Assert.That(Spelled(saved.Asked.ByName()), Is.EqualTo(Spelled(plan.Request.Pins)));
            Assert.That(saved.Inputs, Is.EqualTo(plan.Inputs));
        }
    }

    [Test]
    public void Read_Written_IsTheDecisions([ValueSource(nameof(Names))] string name)
    {
        var (plan, saved) = Both(name);
        var layout = plan.Layout;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saved.Degrees, Is.EqualTo(layout.Degrees));
            Assert.That((saved.Pins.MicroBatch.Single(), saved.MicroBatches), Is.EqualTo((layout.MicroBatch, layout.MicroBatches)));
            Assert.That((saved.Pins.Schedule.Single(), saved.Pins.Sharding.Single()), Is.EqualTo((layout.Schedule.Name, layout.Sharding)));
            Assert.That(saved.Pins.Recompute, Is.EqualTo(layout.Recompute.Choices.Select(policy => policy.Name)));
            Assert.That(saved.StageRecompute, Is.EqualTo(layout.Recompute.Levels.IsEmpty ? [] : plan.Stages.Stages.Select(stage => layout.Recompute.Of(stage).Name)));
            var placed = StageLetters.Place(saved.Stages, plan.Model, layout.Degrees.Pipeline);
            Assert.That(placed.Stages, Is.EqualTo(plan.Stages.Stages.Select(stage => stage with { Level = 0 })));
            Assert.That(Experts(saved.Experts?.Layers), Is.EqualTo(Experts(plan.Experts?.Placed.Layers)));
            Assert.That(saved.Experts?.Mean, Is.EqualTo(plan.Experts?.Placed.Mean));
        }
    }

    [Test]
    public void Read_Written_IsTheNumbers([ValueSource(nameof(Names))] string name)
    {
        var (plan, saved) = Both(name);
        var estimate = plan.Estimate;
        Dictionary<string, double?> numbers = new()
        {
            ["step_s"] = estimate.Step.Value,
            ["tokens_per_gpu_per_s"] = estimate.TokensPerGpuPerSecond,
            ["mfu"] = estimate.Mfu,
            ["memory_peak_gib"] = estimate.Fullest.Total.Gib,
            ["memory_headroom_gib"] = plan.Request.MemoryLimit.Gib - estimate.Fullest.Total.Gib,
            ["bubble_s"] = estimate.Parts.Bubble.Value,
            ["bubble_fraction"] = estimate.Parts.Bubble / estimate.Step,
            ["exposed_comm_s"] = estimate.ExposedCommunication.Value,
            ["stage_imbalance"] = estimate.StageImbalance,
            ["expert_imbalance"] = estimate.ExpertLoad,
            ["inter_node_gb_per_step"] = plan.Traffic.Sum(row => row.Network.Value) / 1e9,
            ["gpus"] = plan.Layout.Degrees.Gpus,
            ["tp"] = plan.Layout.Degrees.Tensor,
            ["optimality_gap"] = plan.Solver?.Gap,
        };
        Assert.That(numbers.Keys, Is.EqualTo(MetricCatalog.All.Select(metric => metric.Name)));
        foreach (var metric in MetricCatalog.All)
            Assert.That(metric.In(saved), Is.EqualTo(numbers[metric.Name] is { } number ? SixDigits.Round(number) : null), metric.Name);
    }

    private static IEnumerable<string> Names => Plans.Keys;

    private static (Plan Plan, SavedPlan Saved) Both(string name) => (Plans[name], PlanFileReader.Read(PlanFileWriter.Write(Plans[name]), "plan.json"));

    // Arrays are compared by themselves.
    private static PlanRequest Comparable(PlanRequest request) => request with { Pins = [], Nodes = NodeLimits.None, MemoryLimit = default };

    private static IEnumerable<string> Spelled(IEnumerable<KeyValuePair<string, ImmutableArray<string>>> pins) => pins.Select(pin => $"{pin.Key}={string.Join(',', pin.Value)}");

    private static IEnumerable<string> Experts(IEnumerable<Planner.Search.Experts.PlacedLayer>? layers) =>
        (layers ?? []).Select(layer => $"{layer.Layer} {layer.Factor} {layer.Bound} {layer.Contiguous} {string.Join('|', layer.Ranks.Select(rank => string.Join(',', rank)))}");
}
