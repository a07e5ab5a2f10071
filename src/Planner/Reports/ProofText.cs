using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Reports;

/// <summary>How the plan was proven, and what it rests on.</summary>
internal static class ProofText
{
    public static void Write(TextLines lines, Plan plan)
    {
        if (plan.Solver is { } solver)
        {
            lines.Sentence("proof", plan.Robustness?.Chosen is { } chosen && plan.Estimate.Step > chosen.Fastest ? Verdict(solver, chosen) : solver.Memory is { } goal ? Verdict(plan, solver, goal) : Verdict(solver));
            lines.Sentence(
                "searched",
                $"{Quantity.Of(solver.Candidates, "layout")} scored of {Quantity.Count(solver.Considered)} in the space, "
                + $"placement searched for {Quantity.Count(solver.Placements)}{(solver.Memory is null ? $", {Quantity.Count(solver.Survivors)} in the joint model" : "")}");
        }
        else
        {
            lines.Sentence("proof", "none: an estimate of the placement given");
        }

        lines.Sentence("evidence", Evidence(plan.Evidence));
        var all = AssumedConstants.All(plan).ToList();
        lines.Sentence(
            "rests on",
            $"{Quantity.Of(all.Count, "constant")} of machine and software: {Kinds(all)}");
        foreach (var finding in plan.Findings) lines.Sentence(PlanWords.Of(finding.Level), finding.Message);
    }

    private static string Verdict(SolverReport solver)
    {
        var by = solver.Proofs.Length == 0 ? "" : $", by {string.Join(" and ", solver.Proofs)}";
        return solver.Status switch
        {
            ProofStatus.Optimal => $"optimal in the model: no layout of the space is faster (gap {Quantity.Percent(solver.Gap)}{by})",
            ProofStatus.Feasible when solver.Bound == Seconds.Zero => "not proven: stopped before the space was scored, so nothing is known of what could be faster",
            ProofStatus.Feasible => $"not proven: nothing is faster than {Quantity.Time(solver.Bound)} (gap {Quantity.Percent(solver.Gap)}{by})",
            _ => $"not proven ({PlanWords.Of(solver.Status)})",
        };
    }

    private static string Verdict(SolverReport solver, RobustChosen chosen) =>
        $"chosen by regret, not by step: the fastest layout takes {Quantity.Time(chosen.Fastest)}, and nothing is faster than {Quantity.Time(solver.Bound)}"
        + $" (gap of this plan {Quantity.Percent(solver.Gap)})";

    private static string Verdict(Plan plan, SolverReport solver, MemoryGoal goal)
    {
        var within = $"within {Quantity.Percent(plan.Request.StepIncrease)} of the fastest step ({Quantity.Time(goal.Fastest)})";
        return solver.Status == ProofStatus.Optimal
            ? $"optimal in the model: no plan {within} needs less memory, and none that needs no more is faster (by branch and bound)"
            : $"not proven: no plan {within} needs less than {Quantity.Gib(goal.Bound)}; nothing that needs no more is faster than {Quantity.Time(solver.Bound)}";
    }

    private static string Evidence(Evidence evidence) => evidence switch
    {
        Plans.Evidence.PublishedPrecedent => "published precedent: a published run used these degrees and this schedule",
        Plans.Evidence.KernelsMeasured => "kernels measured: every kernel lies within the measured tables",
        Plans.Evidence.Extrapolated => "extrapolated: some rates lie beyond the measured tables",
        _ => throw new ArgumentOutOfRangeException(nameof(evidence), evidence, null),
    };

    private static string Kinds(List<Constant> all)
    {
        (SourceKind Kind, string Word)[] words =
        [
            (SourceKind.Assumed, "assumed"), (SourceKind.Measured, "measured"), (SourceKind.Fitted, "fitted"),
            (SourceKind.DataSheet, "from data sheets"), (SourceKind.Derived, "derived"),
        ];
        return string.Join(", ", words
            .Select(word => (word.Word, Count: all.Count(constant => constant.Kind == word.Kind)))
            .Where(word => word.Count > 0)
            .Select(word => $"{word.Count} {word.Word}"));
    }
}
