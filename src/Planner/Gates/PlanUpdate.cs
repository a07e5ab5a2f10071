using Planner.Plans;

namespace Planner.Gates;

/// <summary>A plan file as it would be written today.</summary>
/// <param name="Path">File.</param>
/// <param name="Text">Its new text.</param>
/// <param name="Diff">What changes.</param>
internal sealed record PlanUpdate(string Path, string Text, PlanDiff Diff)
{
    private const string Kept =
        "the decisions are those of an earlier plan, their numbers were taken again: not proven for today's inputs; planner check --solve --update proves anew";

    /// <summary>Today's best plan where it was searched, else the recorded decisions with today's numbers; null where that is what the file says already.</summary>
    public static PlanUpdate? Of(PlanCheck check)
    {
        var plan = check.Plan;
        if (check.Infeasible || (plan.Best?.Plan ?? Renumbered(plan)) is not { } today) return null;
        var text = PlanFileWriter.Write(today);
        var diff = PlanDiff.Of(plan.Recorded, PlanFileReader.Read(text, plan.Path));
        return Changes(diff, plan.Best is null) ? new PlanUpdate(plan.Path, text, diff) : null;
    }

    // An estimate has no proof: that the file has one is no change.
    private static bool Changes(PlanDiff diff, bool estimated) =>
        !diff.Decisions.IsEmpty || !diff.Stages.IsEmpty || !diff.Experts.IsEmpty || !diff.Inputs.IsEmpty
        || diff.Metrics.Any(metric => metric.Differs && !(estimated && metric.Now is null));

    private static Plan? Renumbered(Examined plan)
    {
        if (plan.Today?.Plan is not { } today) return null;
        var asked = plan.Recorded.Request;

        // The recorded limit has six digits; the estimate's is the machine's where they agree.
        var limit = plan.Today.Plan.Machine.Accelerator.Memory < asked.MemoryLimit ? Gate.MemoryLimit(plan) : today.Request.MemoryLimit;
        return today with
        {
            Request = today.Request with
            {
                TensorPolicy = asked.TensorPolicy,
                Pins = asked.Pins,
                MemoryLimit = limit,
                Experts = asked.Experts,
                Objective = asked.Objective,
                StepIncrease = asked.StepIncrease,
                Robust = asked.Robust,
            },
            Inputs = plan.Inputs,
            Findings = [.. today.Findings, new Finding(FindingLevel.Note, Kept)],
        };
    }
}
