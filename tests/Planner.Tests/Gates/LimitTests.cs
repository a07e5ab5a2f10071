using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using Planner.Gates;
using Planner.Inputs;
using Planner.Plans;

namespace Planner.Tests.Gates;

/// <summary>Where limits begin and end, and what is told of those that do not hold: each found by a mutant that no test noticed.</summary>
internal sealed class LimitTests
{
    [TestCase("\"max\": STEP", 0)]
    [TestCase("\"min\": STEP", 0)]
    [TestCase("\"equals\": STEP", 0)]
    [TestCase("\"equals\": 12345", 2)]
    public void Check_AtTheLimit_IsWithinIt(string limit, int code)
    {
        using var plan = new GuardedPlan();
        plan.Write("planner.budget.json", Rules("{\"metric\": \"step_s\", " + limit.Replace("STEP", Step(plan), StringComparison.Ordinal) + "}"));
        Assert.That(plan.Check().Code, Is.EqualTo(code));
    }

    [Test]
    public void Check_AWarningBeforeAnError_IsToldBehindIt()
    {
        using var plan = new GuardedPlan();
        plan.Write("planner.budget.json", Rules("{\"metric\": \"mfu\", \"min\": 1, \"level\": \"warning\"}, {\"metric\": \"step_s\", \"max\": 0.001}"));
        var run = plan.Check();
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output.IndexOf("  warning", StringComparison.Ordinal), Is.GreaterThan(run.Output.IndexOf("  error", StringComparison.Ordinal)));
    }

    [Test]
    public void Check_WorseThanAnotherPlan_DoesNotOfferToUpdate()
    {
        using var plan = new GuardedPlan();
        plan.Write("other.json", File.ReadAllText(plan.Plan)).Edit("other.json", "\"step_s\": 1.", "\"step_s\": 0.");
        var run = plan.Check("--baseline", plan.File("other.json"));
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Does.Contain("worse than").And.Not.Contain("--update takes"));
    }

    [Test]
    public void Check_AMetricThatThePlanHasNot_IsSkippedInJUnit()
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 9.");
        Assert.That(plan.Check("--update=force").Code, Is.Zero);
        plan.Write("planner.budget.json", Rules("{\"metric\": \"optimality_gap\", \"max\": 0.1}"));
        Assert.That(plan.Check("--junit", plan.File("out.xml")).Code, Is.Zero);
        Assert.That(File.ReadAllText(plan.File("out.xml")), Does.Contain("skipped=\"1\"").And.Contain("<skipped "));
    }

    [Test]
    public void Check_DecisionsThatCannotRun_AreBeyondAnUpdate()
    {
        using var plan = new GuardedPlan();
        plan.Edit("stack.json", "\"gpipe\", \"1f1b\", \"interleaved\", \"zb1p\", \"zbv\", \"dualpipe\", \"dualpipev\"", "\"gpipe\"");
        Assert.That(plan.Check("--update=force").Code, Is.EqualTo(3));
    }

    [Test]
    public void Annotations_EveryEndOfALine_IsEscaped() => Assert.That(
        GitHubAnnotations.Write(new CheckResult([], [new Unreadable("a,b:\r\n%", "50%\r\nmore: a, b")]), null),
        Is.EqualTo("::error file=a%2Cb%3A%0D%0A%25,line=1,title=not checked::50%25%0D%0Amore: a, b\n"));

    [Test]
    public void Read_NoRules_IsRefused() => Assert.That(
        () => BudgetReader.Read(new InputText("budget.json", "{\"rules\": []}"u8.ToArray())), Throws.InstanceOf<InputException>().With.Message.Contains("rules is empty"));

    [Test]
    public void SixDigits_ANegativeZero_HasNoSign() => Assert.That(SixDigits.Text(-0.0), Is.EqualTo("0"));

    private static string Rules(string rules) => "{\"rules\": [" + rules + "]}";

    private static string Step(GuardedPlan plan)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(plan.Plan));
        return document.RootElement.GetProperty("estimate").GetProperty("step_s").GetDouble().ToString("R", CultureInfo.InvariantCulture);
    }
}
