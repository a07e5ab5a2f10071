using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Gates;

/// <summary>Options that compare with something else than the file, or write it.</summary>
[TestFixture]
public sealed class CheckUpdateTests
{
    [Test]
    public void Update_APlanThatIsUpToDate_LeavesItAlone()
    {
        using var plan = new GuardedPlan();
        var before = File.ReadAllText(plan.Plan);
        var run = plan.Check("--update");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new Run(0, "plan.json: up to date\n", "")));
            Assert.That(File.ReadAllText(plan.Plan), Is.EqualTo(before));
        }
    }

    [Test]
    public void Update_TakesTodaysNumbersAndThenPasses()
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan);
        var run = plan.Check("--update");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        var after = plan.Check();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Output, Does.StartWith("plan.json: updated").And.Contain("step_s"));
            Assert.That(after.Output, Does.StartWith("plan.json: passed, "));
            Assert.That(File.ReadAllText(plan.Plan), Does.Contain("\"tp_policy\": \"avoid\"").And.Contain("\"micro_batch\": [1]").And.Contain("\"solver\": null"));
            Assert.That(plan.Check("--update").Output, Is.EqualTo("plan.json: up to date\n"));
            Assert.That(Directory.EnumerateFiles(plan.Folder, "*.tmp"), Is.Empty);
        }
    }

    [Test]
    public void Update_WithSolve_WritesWhatSolveWrites()
    {
        using var plan = new GuardedPlan();
        var made = File.ReadAllText(plan.Plan);
        plan.Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 0.");
        var run = plan.Check("--update", "--solve");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(File.ReadAllText(plan.Plan), Is.EqualTo(made));
        }
    }

    [Test]
    public void Update_WhatDoesNotFit_IsLeftAndExits3()
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": 10.5");
        var before = File.ReadAllText(plan.Plan);
        var run = plan.Check("--update");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(3));
            Assert.That(run.Output, Does.Contain("plan.json: left as it is").And.Contain("memory_peak_gib"));
            Assert.That(File.ReadAllText(plan.Plan), Is.EqualTo(before));
        }
    }

    [TestCase("--update", 1)]
    [TestCase("--update=force", 0)]
    public void Update_InCi_NeedsForce(string option, int code)
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan);
        var before = File.ReadAllText(plan.Plan);
        var run = Run.In(new Dictionary<string, string?> { ["CI"] = "true" }, new PlanMaker(), "check", option, plan.Plan);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(code));
            Assert.That(File.ReadAllText(plan.Plan) == before, Is.EqualTo(code == 1));
            if (code == 1) Assert.That(run.Error, Is.EqualTo("planner: --update: CI is set, and what CI checks it should not rewrite; give --update=force where that is meant\n"));
        }
    }

    [TestCase("--update=x", "'--update=x' is not allowed; give --update or --update=force")]
    [TestCase("--updat", "unknown option '--updat'. Did you mean --update? Try planner check --help")]
    [TestCase("--format=xml", "--format: 'xml' is not allowed; choose from text, json, markdown; try planner check --help")]
    [TestCase("--annotate=on", "--annotate: 'on' is not allowed; choose from auto, always, never; try planner check --help")]
    public void Options_ThatAreNone_AreRefused(string option, string line)
    {
        using var plan = new GuardedPlan();
        Assert.That(plan.Check(option), Is.EqualTo(new Run(1, "", $"planner: {line}\n")));
    }

    [TestCase(1.05, 2, "worse than 1.")]
    [TestCase(0.95, 0, "better than 1.")]
    [TestCase(1.001, 0, "plan.json: passed")]
    public void Baseline_IsWhatIsComparedWith(double factor, int code, string words)
    {
        using var plan = new GuardedPlan();
        var text = File.ReadAllText(plan.Plan);
        var step = System.Text.RegularExpressions.Regex.Match(text, "\"step_s\": ([0-9.]+)");
        var now = double.Parse(step.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        plan.Write("base.json", text.Replace(step.Value, FormattableString.Invariant($"\"step_s\": {now / factor}"), StringComparison.Ordinal));
        var run = plan.Check("--baseline", plan.File("base.json"));
        Assert.That(run.Code, Is.EqualTo(code));
        Assert.That(run.Output, Does.Contain(words));
    }

    [Test]
    public void Baseline_IsForOnePlan()
    {
        using var plan = new GuardedPlan();
        File.Copy(plan.Plan, plan.File("other.json"));
        Assert.That(
            Run.Of(new PlanMaker(), "check", plan.Plan, plan.File("other.json"), "--baseline", plan.Plan),
            Is.EqualTo(new Run(1, "", "planner: --baseline is compared with one plan, 2 are given; check them one by one\n")));
    }

    [Test]
    public void Solve_APlanThatIsStillTheBest_Passes()
    {
        using var plan = new GuardedPlan();
        Assert.That(plan.Check("--solve"), Is.EqualTo(new Run(0, "plan.json: passed, 11 rules\n", "")));
    }

    [Test]
    public void Solve_ABetterPlan_IsAWarningThatNamesIt()
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"sharding\": \"zero1\"", "\"sharding\": \"zero3\"");
        var run = plan.Check("--solve", "--update");
        var again = plan.Edit("plan.json", "\"sharding\": \"zero1\"", "\"sharding\": \"zero3\"").Check("--update");
        var third = plan.Check("--solve");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, again.Code, third.Code), Is.EqualTo((0, 0, 0)), run.Output + again.Output + third.Output);
            Assert.That(third.Output, Does.Contain("passed with warnings").And.Contain("best").And.Contain("zero1"));
        }
    }

    [Test]
    public void Solve_AWorseBest_IsAnError()
    {
        using var plan = new GuardedPlan();
        var run = CheckCommandTests.Slower(plan).Check("--solve");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.Output, Does.Match("error +best +expected at most 1\\.[0-9]+ +found 1\\.[0-9]+ +\\+[0-9.]+ %").And.Contain("the best plan of this request is worse today than recorded"));
        }
    }

    [Test]
    public void Solve_AnEquallyGoodPlan_IsANotice()
    {
        // A layer moved from one stage to the other costs 1.2 %.
        using var plan = new GuardedPlan();
        plan.Write("planner.budget.json", """{"rules": [{"metric": "step_s", "max_increase_percent": 2}]}""")
            .Edit("plan.json", "\"Et*14|t*13,L\"", "\"Et*13|t*14,L\"")
            .Edit("plan.json", "\"last_layer\":13,\"layers\":\"Etttttttttttttt\"", "\"last_layer\":12,\"layers\":\"Ettttttttttttt\"")
            .Edit("plan.json", "\"first_layer\":14,\"last_layer\":26,\"layers\":\"tttttttttttttL\"", "\"first_layer\":13,\"last_layer\":26,\"layers\":\"ttttttttttttttL\"")
            .Check("--update");
        var run = plan.Check("--solve");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Output, Does.StartWith("plan.json: passed: 1 notice;").And.Contain("as good within the tolerance").And.Contain("layout Et*14|t*13,L"));
        }
    }

    [Test]
    public void Update_PrintsWhatItChanged()
    {
        using var plan = new GuardedPlan();
        Golden.Verify(CheckCommandTests.Slower(plan).Check("--update").Output, "updated");
    }

    [Test]
    public void Update_OneBadPlanAmongGood_LeavesOnlyThatOne()
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan).Write("bad.json", "{");
        var run = plan.Check(plan.File("bad.json"), "--update");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(1));
            Assert.That(run.Output, Does.StartWith("plan.json: updated").And.EndWith("bad.json: not checked\n"));
            Assert.That(File.ReadAllText(plan.File("bad.json")), Is.EqualTo("{"));
            Assert.That(plan.Check().Code, Is.Zero);
        }
    }

    [Test]
    public void Solve_ARequestWithoutAPlan_IsInfeasible()
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": 4.5");
        var run = plan.Check("--solve");
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Does.Contain("best").And.Contain("nothing fits"));
    }
}
