using NUnit.Framework;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Tests.Plans.Metrics;

[TestFixture]
public sealed class MetricCatalogTests
{
    private static readonly string Written = PlanFileWriter.Write(SamplePlan.Plan());

    // Values follow from SamplePlan: its parts, 80e9 bytes less 70.5 GiB on rank 0, one load of all ranks, 104.75e9 bytes out of the node.
    [TestCase("step_s", Direction.LowerIsBetter, 19.9261)]
    [TestCase("tokens_per_gpu_per_s", Direction.HigherIsBetter, 1541.7)]
    [TestCase("mfu", Direction.HigherIsBetter, 0.390255)]
    [TestCase("memory_peak_gib", Direction.LowerIsBetter, 70.5)]
    [TestCase("memory_headroom_gib", Direction.HigherIsBetter, 4.00581)]
    [TestCase("bubble_s", Direction.LowerIsBetter, 1.18417)]
    [TestCase("bubble_fraction", Direction.LowerIsBetter, 0.0594282)]
    [TestCase("exposed_comm_s", Direction.LowerIsBetter, 1.75123)]
    [TestCase("stage_imbalance", Direction.LowerIsBetter, 1)]
    [TestCase("expert_imbalance", Direction.LowerIsBetter, 1.125)]
    [TestCase("inter_node_gb_per_step", Direction.LowerIsBetter, 104.75)]
    [TestCase("gpus", Direction.LowerIsBetter, 2048)]
    [TestCase("tp", Direction.LowerIsBetter, 1)]
    [TestCase("optimality_gap", Direction.LowerIsBetter, 0)]
    public void In_WrittenPlan_IsItsNumber(string name, Direction direction, double value)
    {
        var metric = MetricCatalog.Find(name)!;
        var saved = PlanFileReader.Read(Written, "plan.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(metric.Direction, Is.EqualTo(direction));
            Assert.That(metric.In(saved), Is.EqualTo(value).Within(1e-3).Percent);
            Assert.That(Written.Split('\n')[saved.Line(metric.Path)!.Value - 1].TrimStart(), Does.StartWith($"\"{metric.Path.Split('.')[^1]}\": "));
        }
    }

    [Test]
    public void All_Names_AreTheClosedListInOrder() => Assert.That(
        string.Join(' ', MetricCatalog.All.Select(metric => metric.Name)),
        Is.EqualTo("step_s tokens_per_gpu_per_s mfu memory_peak_gib memory_headroom_gib bubble_s bubble_fraction exposed_comm_s stage_imbalance expert_imbalance inter_node_gb_per_step gpus tp optimality_gap"));

    [Test]
    public void In_OldFileOrEstimate_IsNull()
    {
        var plan = SamplePlan.Plan();
        var estimate = PlanFileReader.Read(PlanFileWriter.Write(plan with { Solver = null, Estimate = plan.Estimate with { ExpertLoad = null } }), "plan.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(MetricCatalog.Find("optimality_gap")!.In(estimate), Is.Null);
            Assert.That(MetricCatalog.Find("expert_imbalance")!.In(estimate), Is.Null);
            Assert.That(MetricCatalog.Find("steps"), Is.Null);
        }
    }

    [TestCase("step_s", 2, 1, true)]
    [TestCase("step_s", 1, 2, false)]
    [TestCase("mfu", 1, 2, true)]
    [TestCase("mfu", 2, 1, false)]
    [TestCase("mfu", 1, 1, null)]
    public void Better_FollowsTheDirection(string name, double was, double now, bool? better) =>
        Assert.That(MetricCatalog.Find(name)!.Better(was, now), Is.EqualTo(better));
}
