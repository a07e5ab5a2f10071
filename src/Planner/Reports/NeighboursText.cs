using Planner.Plans;

namespace Planner.Reports;

/// <summary>What else was near, what a larger tensor degree costs, what was ruled out.</summary>
internal static class NeighboursText
{
    private const int MembersNamed = 3;

    public static void Write(TextLines lines, Plan plan)
    {
        var step = plan.Estimate.Step;
        lines.Table(
            plan.Request.Objective == Objective.Memory ? "faster" : "next best",
            [
                .. plan.Alternatives.Select(other => new[]
                {
                    LayoutText.Compact(other.Layout.Degrees),
                    other.Layout.Schedule.Title,
                    $"mb {other.Layout.MicroBatch}",
                    Quantity.Time(other.Step),
                    Quantity.Change((other.Step / step) - 1),
                    Quantity.Gib(other.Peak),
                }),
            ],
            column => column >= 3);
        if (plan.TieSet.Length > 0)
        {
            lines.Items(
                "as good",
                [
                    $"{plan.TieSet.Length} more within the stated error of {Quantity.Percent(plan.TieWithin)}:",
                    .. plan.TieSet.Take(MembersNamed).Select(other => LayoutText.Short(other.Layout)),
                    .. plan.TieSet.Length > MembersNamed ? ["..."] : Array.Empty<string>(),
                ]);
        }

        RobustText.Write(lines, plan);
        if (plan.TensorCost.Length > 0)
        {
            lines.Items(
                "larger tp",
                plan.TensorCost.Select(cost => $"tp {cost.Key}: {Quantity.Time(cost.Value)} ({Quantity.Change((cost.Value / step) - 1)})"));
        }

        if (plan.Rejected.Length > 0) Rejected(lines, plan.Rejected);
    }

    public static void Rejected(TextLines lines, IEnumerable<KeyValuePair<string, long>> rejected) =>
        lines.Items("rejected", rejected.Select(reason => $"{Quantity.Count(reason.Value)} {reason.Key}"));
}
