using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Planning;
using Planner.Plans;
using Planner.Reports;
using Planner.Search;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class SolveCommandTests
{
    [Test]
    public void Solve_Plan_PrintsItAndNothingElse()
    {
        var run = Run.Of(new FakePlanner(FakePlanner.Found), Run.Minimal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Output, Is.EqualTo(TextReport.Write(SamplePlan.Plan(), [])));
            Assert.That(run.Error, Is.Empty);
        }
    }

    [Test]
    public void Solve_Json_IsThePlanFile() => Assert.That(
        Run.Of(new FakePlanner(FakePlanner.Found), [.. Run.Minimal, "--format", "json"]),
        Is.EqualTo(new Run(0, PlanFileWriter.Write(SamplePlan.Plan()), "")));

    [Test]
    public void Solve_Csv_IsTheSummary() => Assert.That(
        Run.Of(new FakePlanner(FakePlanner.Found), [.. Run.Minimal, "--format", "csv"]),
        Is.EqualTo(new Run(0, ReportTables.Summary(SamplePlan.Plan()), "")));

    [Test]
    public void Solve_NothingGiven_LeavesDefaultsToTheSearch()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        Run.Of(planner, Run.Minimal);
        Assert.That(planner.Solved, Is.EqualTo(new SolveRequest(
            "v3-671b", "h800", null, 2048, null, null, null, null, null, null, TensorPolicy.Avoid, planner.Solved!.Pins, null, null, false, false)));
        Assert.That(planner.Solved!.Pins.ByName(), Is.Empty);
    }

    [Test]
    public void Solve_EveryOption_Arrives()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        var run = Run.Of(
            planner,
            [
                .. Run.Minimal, "--stack", "deepseek", "--batch", "960", "--seq", "8192", "--precision", "bf16", "--tokens", "14.8T", "--load-factor", "1.25",
                "--memory-limit", "72.5", "--tp", "1,2,2", "--cp", "1", "--pp", "8,16", "--vpp", "2", "--ep", "64,32", "--dp", "128", "--micro-batch", "1,2",
                "--schedule", "dualpipe,1f1b", "--recompute", "none,selective", "--sharding", "zero1,zero2", "--time-limit", "2.5", "--threads", "3",
                "--extrapolate", "--audit",
                "--loads", "l.csv", "--workload", "train", "--replicas", "64", "--pairs", "p.csv",
            ]);
        var asked = planner.Solved!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Error, Is.Empty);
            Assert.That((asked.Stack, asked.Batch, asked.Sequence, asked.Precision), Is.EqualTo(("deepseek", (int?)960, (int?)8192, (Precision?)Precision.Bf16)));
            Assert.That((asked.Tokens, asked.LoadFactor, asked.MemoryLimit), Is.EqualTo(((double?)14.8e12, (double?)1.25, (Bytes?)Bytes.FromGib(72.5))));
            Assert.That((asked.TimeLimit, asked.Threads, asked.Extrapolate, asked.Audit), Is.EqualTo(((Seconds?)new Seconds(2.5), (int?)3, true, true)));
            Assert.That(asked.Experts, Is.EqualTo(new ExpertRequest("l.csv", "train", "p.csv", 64)));
            Assert.That(asked.TensorPolicy, Is.EqualTo(TensorPolicy.Pinned));
            Assert.That(asked.Pins.Sharding, Is.EqualTo(new[] { Sharding.Zero1, Sharding.Zero2 }));
            Assert.That(asked.Pins.ByName().Select(pin => $"{pin.Key}={string.Join(',', pin.Value)}"), Is.EqualTo(new[]
            {
                "tp=1,2", "cp=1", "pp=8,16", "vpp=2", "ep=64,32", "dp=128", "micro_batch=1,2",
                "schedule=dualpipe,1f1b", "recompute=none,selective", "sharding=zero1,zero2",
            }));
        }
    }

    [TestCase("avoid", TensorPolicy.Avoid)]
    [TestCase("allow", TensorPolicy.Allow)]
    public void Solve_TensorPolicy_Arrives(string given, TensorPolicy policy)
    {
        var planner = new FakePlanner(FakePlanner.Found);
        Run.Of(planner, [.. Run.Minimal, "--tp", given]);
        Assert.That((planner.Solved!.TensorPolicy, planner.Solved.Pins.Tensor.Length), Is.EqualTo((policy, 0)));
    }

    [Test]
    public void Solve_NothingFits_Exits3WithWaysOut()
    {
        var run = Run.Of(new FakePlanner(FakePlanner.NothingFits), Run.Minimal);
        Assert.That((run.Code, run.Error), Is.EqualTo((3, "")));
        Golden.Verify(run.Output, "infeasible");
    }

    [Test]
    public void Solve_NothingFits_CsvHasAHeaderOnlyAndJsonSaysWhy()
    {
        var planner = new FakePlanner(FakePlanner.NothingFits);
        var csv = Run.Of(planner, [.. Run.Minimal, "--format", "csv"]);
        var json = Run.Of(planner, [.. Run.Minimal, "--format", "json"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((csv.Code, csv.Output), Is.EqualTo((3, ReportTables.SummaryHeader())));
            Assert.That(csv.Error, Is.EqualTo("planner: no layout of v3-671b on 64 x h800 fits in 74.5 GiB a gpu\n"));
            Assert.That((json.Code, json.Output), Is.EqualTo((3, InfeasibleReport.Json(FakePlanner.NothingFits))));
        }
    }

    [Test]
    public void Solve_Undecided_Exits1WithNothingPrinted() => Assert.That(
        Run.Of(new FakePlanner(new Undecided("no plan within 0.01 s; raise --time-limit")), Run.Minimal),
        Is.EqualTo(new Run(1, "", "planner: no plan within 0.01 s; raise --time-limit\n")));

    [Test]
    public void Solve_NotProven_SaysSoInTheFirstLine()
    {
        var plan = SamplePlan.Plan();
        var open = plan with { Solver = plan.Solver! with { Status = ProofStatus.Feasible, Bound = new Seconds(19.6), Gap = 0.0146 } };
        var run = Run.Of(new FakePlanner(FakePlanner.Found with { Plan = open }), Run.Minimal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Output.Split('\n')[0], Does.EndWith(", not proven"));
            Assert.That(
                string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
                Does.Contain("not proven: nothing is faster than 19.60 s (gap 1.5 %"));
        }
    }

    [Test]
    public void Solve_UnusableInput_IsOneLine() => Assert.That(
        Run.Of(new FakePlanner(_ => throw new InputException("models/x.json: hidden_size\nis missing")), Run.Minimal),
        Is.EqualTo(new Run(1, "", "planner: models/x.json: hidden_size\\u000ais missing\n")));

    [Test]
    public void Solve_Bug_IsOneLineWithoutAStack()
    {
        var planner = new FakePlanner(_ => throw new InvalidOperationException("two\nlines"));
        var run = Run.Of(planner, Run.Minimal);
        var debug = Run.Of(() => planner, debug: true, Run.Minimal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new Run(1, "", "planner: internal error: two\\u000alines\n")));
            Assert.That((debug.Code, debug.Output), Is.EqualTo((1, "")));
            Assert.That(debug.Error, Does.Contain("at Planner.Tests"));
        }
    }

    [Test]
    public void Solve_CancelledBeforeAPlan_Exits130() => Assert.That(
        Run.Of(new FakePlanner(_ => throw new OperationCanceledException()), Run.Minimal),
        Is.EqualTo(new Run(130, "", "planner: interrupted before a first plan was found\n")));
}
