using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Plans;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class EstimateCommandTests
{
    private static readonly string[] Pinned =
        ["estimate", "--model", "v3-671b", "--gpus", "2048", "--hw", "h800", "--tp", "1", "--pp", "16", "--ep", "64", "--schedule", "dualpipe"];

    [Test]
    public void Estimate_Pins_FillsTheRest()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        var run = Run.Of(planner, Pinned);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(planner.Estimated!.Stages, Is.Null);
            Assert.That(Pins(planner), Is.EqualTo("tp=1 cp=1 pp=16 vpp=1 ep=64 dp=128 micro_batch=1 schedule=dualpipe"));
        }
    }

    [TestCase("--pp 8,16", "--pp: an estimate takes one value; use planner solve for a choice")]
    [TestCase("--tp 1,2", "--tp: an estimate takes one value; use planner solve for a choice")]
    [TestCase("--tp 3", "--gpus 2048 is not a multiple of tp 3 x cp 1 x pp 16 = 48")]
    [TestCase("--dp 64", "--dp 64 does not fit: 2048 gpus / (16) = 128; leave --dp out")]
    public void Estimate_BadPins_AreRefused(string option, string line)
    {
        var parts = option.Split(' ');
        var at = Array.IndexOf(Pinned, parts[0]);
        string[] args = at < 0 ? [.. Pinned, .. parts] : [.. Pinned[..(at + 1)], parts[1], .. Pinned[(at + 2)..]];
        Assert.That(Run.Of(new FakePlanner(FakePlanner.Found), args), Is.EqualTo(new Run(1, "", "planner: " + line + "\n")));
    }

    [Test]
    public void Estimate_DegreesMissing_NamesThem() => Assert.That(
        Run.Of(new FakePlanner(FakePlanner.Found), "estimate", "--model", "v3-671b", "--gpus", "2048", "--hw", "h800", "--tp", "avoid", "--pp", "16").Error,
        Is.EqualTo("planner: an estimate needs --tp, --ep, --schedule (--cp, --vpp and --micro-batch are 1 by default; without --recompute and --sharding the fastest that fit are taken); give them, a --plan, or use planner solve\n"));

    [Test]
    public void Estimate_PlanFileOfOtherMicroBatches_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var file = Saved(folder);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"micro_batches\": 120", "\"micro_batches\": 119", StringComparison.Ordinal));
        Assert.That(Run.Of(new FakePlanner(FakePlanner.Found), "estimate", "--plan", file), Is.EqualTo(new Run(1, "", $"planner: {file}: decisions.micro_batches: dp x micro_batch x micro_batches = 15232, but the request has a global_batch of 15360; make both the same\n")));
    }

    [Test]
    public void Estimate_PlanFile_GivesRequestAndPlacement()
    {
        using var folder = new TemporaryFolder();
        var planner = new FakePlanner(FakePlanner.Found);
        var run = Run.Of(planner, "estimate", "--plan", Saved(folder), "--seq", "8192", "--hw", "h100");
        var asked = planner.Estimated!.Request;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(planner.Estimated.Stages!.Value, Has.Length.EqualTo(16));
            Assert.That((asked.Model, asked.Hardware, asked.Stack, asked.Gpus), Is.EqualTo(("v3-671b", "h100", "deepseek", 2048)));
            Assert.That((asked.Sequence, asked.Batch, asked.Precision), Is.EqualTo(((int?)8192, (int?)15360, (Precision?)Precision.Fp8)));
            Assert.That(asked.MemoryLimit, Is.Null, "the limit of the file is another machine's");
            Assert.That(Pins(planner), Is.EqualTo("tp=1 cp=1 pp=16 vpp=1 ep=64 dp=128 micro_batch=1 schedule=dualpipe recompute=selective sharding=zero1"));
        }
    }

    [TestCase("--gpus 8")]
    [TestCase("--pp 8")]
    [TestCase("--schedule 1f1b")]
    public void Estimate_PlanFileAndAPin_IsRefused(string option)
    {
        using var folder = new TemporaryFolder();
        var name = option.Split(' ')[0];
        Assert.That(
            Run.Of(new FakePlanner(FakePlanner.Found), ["estimate", "--plan", Saved(folder), .. option.Split(' ')]),
            Is.EqualTo(new Run(1, "", $"planner: {name} is fixed by --plan; leave one of the two out\n")));
    }

    [Test]
    public void Estimate_OwnPlacement_PrintsItsOwnJson()
    {
        var plan = SamplePlan.Plan() with { Solver = null };
        var run = Run.Of(new FakePlanner(FakePlanner.Found with { Plan = plan }), [.. Pinned, "--format", "json"]);
        Assert.That(run.Output, Does.Contain("\"solver\": null"));
    }

    private static string Saved(TemporaryFolder folder)
    {
        var path = Path.Join(folder.Path, "plan.json");
        File.WriteAllText(path, PlanFileWriter.Write(SamplePlan.Plan()));
        return path;
    }

    private static string Pins(FakePlanner planner) =>
        string.Join(' ', planner.Estimated!.Request.Pins.ByName().Select(pin => $"{pin.Key}={string.Join(',', pin.Value)}"));
}
