using System.Collections.Immutable;

namespace Planner.Gates;

/// <summary>What became of all plans, in the order given.</summary>
/// <param name="Plans">Those that were checked.</param>
/// <param name="Unreadable">Those that were not.</param>
internal sealed record CheckResult(ImmutableArray<PlanCheck> Plans, ImmutableArray<Unreadable> Unreadable)
{
    public Verdict Verdict => Unreadable.IsEmpty ? Plans.Select(plan => plan.Verdict).DefaultIfEmpty(Verdict.Passed).Max() : Verdict.Unreadable;

    /// <summary>Exit code where files were written: whatever was wrong is right now, unless it cannot be.</summary>
    public int UpdateExitCode => !Unreadable.IsEmpty ? ExitCodes.Failed : Plans.Any(plan => plan.Infeasible) ? ExitCodes.Infeasible : ExitCodes.Ok;

    /// <summary>The same with what each file gets.</summary>
    public CheckResult Updated() => this with { Plans = [.. Plans.Select(plan => plan with { Update = PlanUpdate.Of(plan) })] };

    /// <summary>That a file could not be read outweighs that a gate failed.</summary>
    public int ExitCode(FailOn failOn)
    {
        if (!Unreadable.IsEmpty) return ExitCodes.Failed;
        var worst = Plans.Select(plan => plan.Verdict).DefaultIfEmpty(Verdict.Passed).Max();
        return failOn switch
        {
            FailOn.Error => worst == Verdict.Failed,
            FailOn.Warning => worst >= Verdict.Warning,
            _ => false,
        } ? ExitCodes.GateFailed : ExitCodes.Ok;
    }
}
