using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Gates;

[TestFixture]
public sealed class CheckCommandTests
{
    [Test]
    public void Check_APlanAsItWasMade_Passes()
    {
        using var plan = new GuardedPlan();
        var run = plan.Check();
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Golden.Verify(run.Output, "passed");
    }

    [Test]
    public void Check_ASlowerMachine_FailsAsStaleAndWorse()
    {
        using var plan = new GuardedPlan();
        Slower(plan);
        var run = plan.Check();
        Assert.That((run.Code, run.Error), Is.EqualTo((2, "")));
        Assert.That(run.Output.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(100));
        Golden.Verify(run.Output, "worse");
    }

    [TestCase("\"step_s\": 1.", "\"step_s\": 9.", 0, "better than recorded", "edited by hand")]
    [TestCase("\"step_s\": 1.", "\"step_s\": 0.", 2, "worse than recorded", "edited by hand")]
    [TestCase("\"mfu\": 0.", "\"mfu\": 0.9", 0, "mfu 0.9", "edited by hand")]
    public void Check_AnEditedNumber_SaysWhichWay(string from, string to, int code, string way, string why)
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", from, to);
        var run = plan.Check();
        var words = string.Join(' ', run.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(code));
            Assert.That(words, Does.Contain(way).And.Contain(why).And.Contain("--update"));
        }
    }

    [Test]
    public void Check_WithLessMemory_IsInfeasible()
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": 10.5");
        var run = plan.Check();
        Assert.That(run.Code, Is.EqualTo(2));
        Golden.Verify(run.Output, "does-not-fit");
    }

    [Test]
    public void Check_DecisionsThatCannotRun_SayWhy()
    {
        using var plan = new GuardedPlan();
        plan.Edit("stack.json", "\"gpipe\", \"1f1b\", \"interleaved\", \"zb1p\", \"zbv\", \"dualpipe\", \"dualpipev\"", "\"gpipe\"");
        var run = plan.Check();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.Output, Does.Contain("cannot run").And.Contain("does not run it").And.Contain("inputs.stack"));
        }
    }

    [Test]
    public void Check_SeveralPlans_AllAreCheckedAndABadOneOutweighs()
    {
        using var plan = new GuardedPlan();
        File.Copy(plan.Plan, plan.File("good.json"));
        plan.Write("bad.json", "{").Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 0.");
        var run = plan.Clean(Run.Of(new PlanMaker(), "check", plan.File("bad.json"), plan.File("good.json"), plan.Plan));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(1));
            Assert.That(run.Error, Does.StartWith("planner: bad.json").And.Matches("^[^\n]*\n$"));
            Assert.That(run.Output, Does.Contain("good.json: passed").And.Contain("plan.json: failed").And.Contain("3 plans: 1 failed, 1 passed, 1 not checked"));
        }
    }

    [TestCase("never", 0)]
    [TestCase("error", 0)]
    [TestCase("warning", 2)]
    public void Check_FailOn_DecidesWhatAWarningIs(string failOn, int code)
    {
        using var plan = new GuardedPlan();
        Assert.That(plan.Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 9.").Check("--fail-on", failOn).Code, Is.EqualTo(code));
    }

    [Test]
    public void Check_FailOnNever_StillFailsOnABadFile()
    {
        using var plan = new GuardedPlan();
        Assert.That(plan.Write("plan.json", "").Check("--fail-on", "never").Code, Is.EqualTo(1));
    }

    [Test]
    public void Check_AnInputThatIsGone_SaysWhereItLooked()
    {
        using var plan = new GuardedPlan();
        File.Delete(plan.File("machine.json"));
        Assert.That(plan.Check(), Is.EqualTo(new Run(
            1,
            "plan.json: not checked\n",
            "planner: plan.json: its hardware \"machine.json\" is not found: neither machine.json nor ./machine.json exists, nor is it in the catalog.\n")));
    }

    [Test]
    public void Check_APatternThatMatchesNothing_IsRefused()
    {
        using var plan = new GuardedPlan();
        var pattern = plan.File("none/**/*.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Clean(Run.Of(new PlanMaker(), "check", pattern)), Is.EqualTo(new Run(1, "", "planner: 'none/**/*.json' matches no file; check the pattern, or give --allow-empty\n")));
            Assert.That(Run.Of(new PlanMaker(), "check", pattern, "--allow-empty"), Is.EqualTo(new Run(0, "", "")));
        }
    }

    // 3.35 TB/s as it is.
    internal static GuardedPlan Slower(GuardedPlan plan) => plan.Edit("machine.json", "\"hbm_tb_s\": { \"value\": 3.35", "\"hbm_tb_s\": { \"value\": 2.35");
}
