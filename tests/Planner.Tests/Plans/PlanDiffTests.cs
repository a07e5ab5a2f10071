using NUnit.Framework;
using Planner.Plans;

namespace Planner.Tests.Plans;

[TestFixture]
public sealed class PlanDiffTests
{
    private static readonly PlanDiff Diff = Between(ChangedPlan.Was, ChangedPlan.Now);

    [Test]
    public void Of_Decisions_AreThoseThatDiffer() => Assert.That(
        Diff.Decisions.Select(change => $"{change.Path}: {change.Was} {change.Now}"),
        Is.EqualTo(new[]
        {
            "decisions.micro_batches: 120 124",
            "decisions.recompute: \"selective\" \"per-stage\"",
            "decisions.layout: \"Etttt|(tttt|)*14,tmL\" \"Etttt|(tttt|)*4,t*5|ttt|(tttt|)*8,tmL\"",
        }));

    [Test]
    public void Of_Stages_SayWhichLayerMoved() => Assert.That(
        Diff.Stages.Select(change => $"{change.Stage} {change.Was} {change.Now} +{string.Join(',', change.Gained)} -{string.Join(',', change.Lost)} {change.RecomputeWas} {change.RecomputeNow}"),
        Is.EqualTo(new[] { "5 tttt ttttt +24 - selective full", "6 tttt ttt + -24 selective selective" }));

    // Stages that hold as many layers as before, but others.
    [Test]
    public void Of_ShiftedLayers_AllStagesBetweenDiffer()
    {
        var stages = Between(ChangedPlan.Was, ChangedPlan.Staged(["Ettt", .. Enumerable.Repeat("tttt", 14), "ttmL"])).Stages;
        Assert.That(stages.Select(change => change.Stage), Is.EqualTo(Enumerable.Range(0, 16)));
        Assert.That((stages[7].Was, stages[7].Now, stages[7].Gained[0], stages[7].Lost[0]), Is.EqualTo(("tttt", "tttt", 27, 31)));
    }

    [Test]
    public void Of_Experts_MoveBetweenRanks()
    {
        Assert.That(Diff.Experts.Select(change => (change.Layer, change.Moves.Length)), Is.EqualTo(new[] { (3, 2), (5, 8) }));
        var move = Diff.Experts[0].Moves[0];
        Assert.That((move.Expert, move.Was[0], move.Now[0]), Is.EqualTo((3, 0, 1)));
    }

    [Test]
    public void Of_Inputs_AreDigestsAndFieldsOfTheRequest() => Assert.That(
        Diff.Inputs.Select(change => $"{change.Path} {change.Was ?? "none"} {change.Now}"),
        Is.EqualTo(new[]
        {
            "request.global_batch 15360 15872",
            "request.pins.pp [8,16] [16]",
            "request.pins.ep none [64]",
            "request.excluded_nodes none [3,17]",
            $"inputs.hardware \"{new string('b', 64)}\" \"{new string('f', 64)}\"",
        }));

    [TestCase("step_s", 19.9261, 20.4519, false)]
    [TestCase("tokens_per_gpu_per_s", 1541.7, 1502.06, false)]
    [TestCase("memory_peak_gib", 70.5, 70.4985, true)]
    [TestCase("memory_headroom_gib", 4.00581, 4.00731, true)]
    [TestCase("optimality_gap", 0, 0.012, false)]
    [TestCase("bubble_s", 1.18417, 1.18417, null)]
    public void Of_Metrics_KnowWhatIsBetter(string name, double was, double now, bool? better)
    {
        var change = Diff.Metrics.Single(metric => metric.Metric.Name == name);
        Assert.That((change.Was, change.Now, change.Better), Is.EqualTo(((double?)was, (double?)now, better)));
    }

    // Spelling is not a difference: order and white space of the file, numbers, defaults written as null, the layout's repetitions.
    [TestCase("\"memory_limit_gib\": 74.5058,", "\"memory_limit_gib\": 7.450580e1,")]
    [TestCase("\"layout\": \"Etttt|(tttt|)*14,tmL\"", "\"layout\": \"Et*4|tttt|(t*4|)*13,tmL\"")]
    [TestCase("\"objective\": \"time\"", "\"objective\": \"time\", \"load_factor\": null")]
    [TestCase("\"schema_version\": \"1.1\",", "\"schema_version\":\n\"1.1\",\n\n")]
    [TestCase("\"hardware\": \"h800\"", "\"hardware\": \"h\\u00380\\u0030\"")]
    public void Of_OtherSpelling_IsTheSame(string good, string other) =>
        Assert.That(Between(ChangedPlan.Was, ChangedPlan.Edited(ChangedPlan.Was, (good, other))).Any, Is.False);

    [TestCase("\"exposed_comm_s\": 1.75123", "\"exposed_comm_s\": 1.75124")]
    [TestCase("\"micro_batch\": 1,\n    \"micro_batches\": 120", "\"micro_batch\": 2,\n    \"micro_batches\": 60")]
    [TestCase("\"sharding\": \"zero1\"", "\"sharding\": \"zero2\"")]
    [TestCase("\"tokens\": 14800000000000", "\"tokens\": 1.48e12")]
    [TestCase("\"tp_policy\": \"avoid\"", "\"tp_policy\": \"allow\"")]
    public void Of_OneValue_Differs(string good, string other) =>
        Assert.That(Between(ChangedPlan.Was, ChangedPlan.Edited(ChangedPlan.Was, (good, other))).Any, Is.True);

    [Test]
    public void Of_OlderSchema_MissingMetricsAreNoDifference()
    {
        var old = ChangedPlan.Edited(ChangedPlan.Was, ("\"schema_version\": \"1.1\"", "\"schema_version\": \"1.0\""), ("    \"exposed_comm_s\": 1.75123,\n", ""));
        var unwritten = ChangedPlan.Edited(ChangedPlan.Was, ("    \"exposed_comm_s\": 1.75123,\n", ""));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Between(old, ChangedPlan.Was).Any, Is.False);
            Assert.That(Between(ChangedPlan.Was, old).Any, Is.False);
            Assert.That(Between(unwritten, ChangedPlan.Was).Any, Is.True);
        }
    }

    private static PlanDiff Between(string was, string now) => PlanDiff.Of(PlanFileReader.Read(was, "was.json"), PlanFileReader.Read(now, "now.json"));
}
