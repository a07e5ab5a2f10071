using System.Diagnostics;
using NUnit.Framework;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Search;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

[TestFixture]
[NonParallelizable]
[Platform("Unix")]
public sealed class InterruptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [TestCase("INT")]
    [TestCase("TERM")]
    public void Solve_Signal_PrintsTheBestSoFarAndExits130(string signal)
    {
        var plan = SamplePlan.Plan();
        var open = plan with { Solver = plan.Solver! with { Status = ProofStatus.Feasible, Bound = new Seconds(18), Gap = 0.1 } };
        var planner = new FakePlanner(cancel => Interrupted(signal, cancel) ? FakePlanner.Found with { Plan = open } : new Undecided("no signal came"));
        var run = Run.Of(planner, Run.Minimal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((130, "")));
            Assert.That(run.Output.Split('\n')[0], Does.EndWith(", not proven"));
            Assert.That(run.Output, Does.Contain("  warning     interrupted: the best plan so far, not proven\n"));
        }
    }

    [Test]
    public void Solve_SignalBeforeAPlan_PrintsNothingAndExits130()
    {
        var planner = new FakePlanner(cancel => new Undecided(Interrupted("TERM", cancel) ? "stopped before a first plan" : "no signal came"));
        Assert.That(Run.Of(planner, Run.Minimal), Is.EqualTo(new Run(130, "", "planner: interrupted before a first plan was found\n")));
    }

    private static bool Interrupted(string signal, CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-" + signal, Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return cancel.WaitHandle.WaitOne(Patience);
    }
}
