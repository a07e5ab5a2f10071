using Planner.Reports;

namespace Planner.Gates;

/// <summary>What an update did to every plan file, for people.</summary>
internal static class UpdateText
{
    public static string Write(CheckResult result)
    {
        var text = new StringWriter { NewLine = "\n" };
        foreach (var plan in result.Plans)
        {
            if (plan.Update is { } update)
            {
                text.Write($"{plan.Plan.Path}: updated{(plan.Plan.Best is null ? ", decisions kept" : "")}\n");
                text.Write(DiffText.Write(update.Diff, "before", "after"));
            }
            else
            {
                text.Write($"{plan.Plan.Path}: {(plan.Infeasible ? "left as it is" : "up to date")}\n");
                if (plan.Infeasible) text.Write(CheckText.Broken(plan));
            }
        }

        foreach (var file in result.Unreadable) text.Write($"{file.Path}: not checked\n");
        return text.ToString();
    }
}
