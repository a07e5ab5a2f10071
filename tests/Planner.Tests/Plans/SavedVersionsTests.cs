using System.Runtime.CompilerServices;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Tests.Plans;

/// <summary>A plan file of every version of the schema, as it was written then: the main job before and after 1.1. A new version adds a file and a line.</summary>
[TestFixture]
public sealed class SavedVersionsTests
{
    private static readonly string[] NewIn11 =
        ["memory_headroom_gib", "bubble_fraction", "exposed_comm_s", "stage_imbalance", "expert_imbalance", "inter_node_gb_per_step"];

    [TestCase("1.0")]
    [TestCase("1.1")]
    public void Read_EveryVersion_SaysTheSame(string version)
    {
        var saved = Read(version);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saved.SchemaVersion, Is.EqualTo(Version.Parse(version)));
            Assert.That((saved.Request.Model, saved.Request.Hardware, saved.Request.Stack), Is.EqualTo(("v3-671b", "h800", "deepseek")));
            Assert.That((saved.Request.Gpus, saved.Request.GlobalBatch, saved.Request.SequenceLength, saved.Request.Precision), Is.EqualTo((2048, 15360, 4096, Precision.Fp8)));
            Assert.That((saved.Request.Tokens, saved.Request.TensorPolicy, saved.Request.Objective), Is.EqualTo((14.8e12, TensorPolicy.Avoid, Objective.Time)));
            Assert.That(saved.Inputs.Hardware, Does.StartWith("92cc239bd742"));
            Assert.That((saved.Degrees.Data, saved.Degrees.Pipeline, saved.Degrees.Expert, saved.MicroBatches), Is.EqualTo((256, 8, 64, 60)));
            Assert.That(LayoutString.Write(saved.Stages), Is.EqualTo("Ettt|(tttt|)*14,ttmL"));
            Assert.That(saved.StageRecompute.Take(14), Is.All.EqualTo("selective"));
            Assert.That(saved.StageRecompute.Skip(14), Is.All.EqualTo("none"));
            Assert.That(MetricCatalog.Find("step_s")!.In(saved), Is.EqualTo(19.44));
            Assert.That(saved.Line("estimate.step_s"), Is.EqualTo(Lines(version).FindIndex(line => line.StartsWith("    \"step_s\"", StringComparison.Ordinal)) + 1));
        }
    }

    [Test]
    public void Read_Version10_LacksWhat11Added()
    {
        var lacking = MetricCatalog.All.Where(metric => metric.In(Read("1.0")) is null).Select(metric => metric.Name);
        Assert.That(lacking, Is.EqualTo(NewIn11));
        Assert.That(MetricCatalog.All.Where(metric => metric.In(Read("1.1")) is null), Is.Empty);
    }

    [Test]
    public void Diff_OfVersions_FindsNothing() => Assert.That(PlanDiff.Of(Read("1.0"), Read("1.1")).Any, Is.False);

    [Test]
    public void Written_Version_HasItsFile() => Assert.That(File.Exists(PathOf(PlanFileWriter.SchemaVersion)), $"keep a plan of version {PlanFileWriter.SchemaVersion} beside this test");

    private static SavedPlan Read(string version) => PlanFileReader.ReadFile(PathOf(version));

    private static List<string> Lines(string version) => [.. File.ReadLines(PathOf(version))];

    private static string PathOf(string version, [CallerFilePath] string test = "") => Path.Join(Path.GetDirectoryName(test), "Versions", $"plan-{version}.json");
}
