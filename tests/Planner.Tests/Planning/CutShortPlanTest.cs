using NUnit.Framework;
using Planner.Planning;
using Planner.Plans;
using Planner.Search;

namespace Planner.Tests.Planning;

/// <summary>Time limits and interruptions on the shipped data: the best so far, marked.</summary>
internal sealed class CutShortPlanTest
{
    [TestCase(Objective.Time, false)]
    [TestCase(Objective.Time, true)]
    [TestCase(Objective.Memory, false)]
    public void Solve_StoppedAtItsFirstReport_IsAPlanWithoutProofOrDraws(Objective objective, bool robust)
    {
        using var stop = new CancellationTokenSource();
        var found = (PlanFound)new PlanMaker().Solve(Request() with { Objective = objective, Robust = robust }, new Stopper(stop), stop.Token);
        Assert.That(stop.IsCancellationRequested, Is.True);
        Assert.That((found.Plan.Solver!.Status, found.Plan.Robustness), Is.EqualTo((ProofStatus.Feasible, (Robustness?)null)));
        Assert.That(found.Plan.Findings[0].Level, Is.EqualTo(FindingLevel.Warning));
        Assert.That(found.Plan.Solver.Bound, Is.LessThanOrEqualTo(found.Plan.Estimate.Step));
    }

    [Test]
    public void Solve_StoppedBeforeItBegan_IsUndecided()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var outcome = new PlanMaker().Solve(Request(), new Stopper(stop), stop.Token);
        Assert.That(outcome, Is.InstanceOf<Undecided>());
    }

    [Test]
    public void Solve_AHundredthOfASecond_AnswersOrSaysThatItIsTooShort()
    {
        var outcome = new PlanMaker().Solve(Request() with { TimeLimit = new(0.01) }, new Stopper(null), CancellationToken.None);
        if (outcome is Undecided undecided) Assert.That(undecided.Message, Does.Contain("--time-limit"));
        else Assert.That(outcome, Is.InstanceOf<PlanFound>());
    }

    [Test]
    public void Solve_StoppedWhileItScores_IsUndecided()
    {
        using var stop = new CancellationTokenSource();
        var outcome = new PlanMaker().Solve(Request(), new Stopper(stop) { After = 1 }, stop.Token);
        Assert.That((stop.IsCancellationRequested, outcome is Undecided), Is.EqualTo((true, true)));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(9)]
    public void Solve_StoppedAfterSomeReportsOfPlans_SaysThatNothingWasDrawn(int reports)
    {
        using var stop = new CancellationTokenSource();
        var found = (PlanFound)new PlanMaker().Solve(Request(), new Stopper(stop) { Plans = reports }, stop.Token);
        if (!stop.IsCancellationRequested) return;
        Assert.That((found.Plan.Robustness, found.Plan.LargerBatch), Is.EqualTo(((Robustness?)null, (LargerBatch?)null)));
        Assert.That(found.Plan.Findings.Select(finding => finding.Message), Has.Some.StartsWith("stopped: how firm the choice is was not drawn for"));
    }

    [Test]
    public void Solve_NothingFitsStoppedBeforeWaysOut_SaysSo()
    {
        using var stop = new CancellationTokenSource();
        var outcome = new PlanMaker().Solve(Request() with { MemoryLimit = new(5L << 30) }, new Stopper(stop) { Phase = "assembling the plan" }, stop.Token);
        Assert.That(((Infeasible)outcome).Message, Does.Contain("stopped before"));
        Assert.That(((Infeasible)outcome).WaysOut, Is.Empty);
    }

    private static SolveRequest Request() => new(
        "v2-lite-16b", "h800", "deepseek", 32, 256, null, null, null, null, null, TensorPolicy.Avoid, PlanPins.None, null, 2, false, false);

    /// <summary>Stops after some reports, at the first of a phase, or by default after some that know a plan.</summary>
    private sealed class Stopper(CancellationTokenSource? stop) : IProgressSink
    {
        private int reports;
        private int plans;

        public int After { get; init; } = int.MaxValue;

        public int Plans { get; init; } = 1;

        public string? Phase { get; init; }

        public void Report(in SearchProgress progress)
        {
            if (progress.Best is not null) plans++;
            if (++reports >= After || progress.Phase == Phase || (Phase is null && plans >= Plans)) stop?.Cancel();
        }
    }
}
