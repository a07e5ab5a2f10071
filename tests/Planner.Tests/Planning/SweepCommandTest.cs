using NJsonSchema;
using NUnit.Framework;
using Planner.Planning;
using Planner.Reports;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Several clusters or batches through the command line, on the shipped data.</summary>
internal sealed class SweepCommandTest
{
    private static readonly string[] Small = ["solve", "--model", "llama3.1-8b", "--hw", "h100", "--micro-batch", "1", "--cp", "1"];

    [TestCase("8..64", "8 16 32 64")]
    [TestCase("8..63", "8 16 32")]
    [TestCase("8,24,8", "8 24")]
    [TestCase("8..16,48", "8 16 48")]
    public void Gpus_RangesAndLists_Arrive(string given, string counts)
    {
        var planner = new FakePlanner(FakePlanner.Found);
        Run.Of(planner, "solve", "--model", "v3-671b", "--hw", "h800", "--gpus", given);
        Assert.That(string.Join(' ', planner.Solved!.Points.Select(point => point.Gpus)), Is.EqualTo(counts));
        Assert.That(planner.Solved.Points.Select(point => point.Batch), Is.All.Null);
    }

    [Test]
    public void Gpus_One_IsNoSweep()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        Run.Of(planner, [.. Run.Minimal, "--batch", "64"]);
        Assert.That((planner.Solved!.Points.Length, planner.Solved.Gpus, planner.Solved.Batch), Is.EqualTo((0, 2048, 64)));
    }

    [Test]
    public void Estimate_SeveralCounts_IsRefused([Values("--gpus", "--batch")] string option)
    {
        var other = option == "--gpus" ? "--batch" : "--gpus";
        var run = Run.Of(
            new FakePlanner(FakePlanner.Found), "estimate", "--model", "v3-671b", "--hw", "h800", option, "8,16", other, "64", "--tp", "1", "--pp", "1", "--ep", "8", "--schedule", "1f1b");
        Assert.That(run, Is.EqualTo(new Run(1, "", $"planner: {option}: an estimate takes one value; use planner solve for a table of several\n")));
    }

    [Test]
    public void Rows_EachIsThePlanOfItsOwnRequest()
    {
        var rows = CsvRows.Of(Plan("--gpus", "8,32", "--batch", "256,512", "--format", "csv"));
        Assert.That(rows, Has.Count.EqualTo(2));
        foreach (var row in rows)
        {
            var alone = CsvRows.Of(Plan("--gpus", row["gpus"], "--batch", row["batch"], "--format", "csv"))[0];
            foreach (var column in (string[])["dp", "tp", "pp", "schedule", "recompute", "sharding", "step_s", "peak_gib", "mfu", "status"])
                Assert.That(row[column], Is.EqualTo(alone[column]), column);
        }

        Assert.That(rows[1].Number("efficiency_percent"), Is.EqualTo(100 * rows[1].Number("tokens_per_gpu_per_s") / rows[0].Number("tokens_per_gpu_per_s")).Within(1e-3));
        Assert.That(rows[1].Number("tokens_per_s"), Is.EqualTo(512 * 8192 / rows[1].Number("step_s")).Within(0.001).Percent);
        Assert.That(
            rows[1].Number("gpu_hours_per_trillion_tokens"), Is.EqualTo(1e12 / 512 / 8192 * rows[1].Number("step_s") * 32 / 3600).Within(0.001).Percent);
    }

    [Test]
    public void Rows_WithoutAPlan_SayWhyAndAreNotComparedWith()
    {
        string[] asked = ["--gpus", "4,8,32", "--memory-limit", "25", "--sharding", "zero1", "--pp", "8"];
        var rows = CsvRows.Of(Plan([.. asked, "--format", "csv"]));
        Assert.That(rows.Select(row => row["status"]), Is.EqualTo(new[] { "infeasible", "infeasible", "optimal" }));
        Assert.That(rows[0]["reason"], Does.StartWith("--pp 8 must divide 4 GPUs"));
        Assert.That((rows[1]["step_s"], rows[2]["efficiency_percent"], rows[2]["reason"]), Is.EqualTo(("", "100", "")));
        var text = Plan(asked);
        Assert.That(text, Does.Contain("smallest    32 GPUs, of the counts given"));
        Assert.That(text.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public void Rows_NoneWithAPlan_Exits3() => Assert.That(
        Run.Of(new PlanMaker(), [.. Small, "--gpus", "8,16", "--memory-limit", "5"]).Code, Is.EqualTo(3));

    [Test]
    public void Rows_PinsThatNoCountAllows_AreRefused()
    {
        var run = Run.Of(new PlanMaker(), [.. Small, "--gpus", "8,16", "--pp", "3"]);
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith("planner: --pp 3 must divide 8 GPUs"));
    }

    [Test]
    public void Batches_OfOneCluster_SayWhatTheNextBuys()
    {
        var rows = CsvRows.Of(Plan("--gpus", "16", "--batch", "64..256", "--format", "csv"));
        Assert.That(rows.Select(row => row["tokens_per_step"]), Is.EqualTo(new[] { "524288", "1048576", "2097152" }));
        var gain = (rows[1].Number("tokens_per_s") / rows[0].Number("tokens_per_s")) - 1;
        Assert.That(Plan("--gpus", "16", "--batch", "64..256"), Does.Contain("128 after 64 sequences").And.Contain(Quantity.Change(gain)));
    }

    [Test]
    public async Task Json_FitsTheSchemaAndIsTheSameForAnyThreads()
    {
        string[] asked = ["--gpus", "4,8,16", "--pp", "8", "--format", "json"];
        var one = Plan([.. asked, "--threads", "1"]);
        var schema = await JsonSchema.FromFileAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "plan.schema.json"));
        Assert.That(schema.Validate(one), Is.Empty);
        Assert.That(Plan([.. asked, "--threads", "2"]), Is.EqualTo(one));
    }

    private static string Plan(params string[] more)
    {
        var run = Run.Of(new PlanMaker(), [.. Small, .. more]);
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        return run.Output;
    }
}
