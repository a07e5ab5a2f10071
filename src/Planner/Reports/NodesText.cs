using Planner.Cost.Layout;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>What the plan takes of the cluster: nodes missing, nodes used, nodes idle.</summary>
internal static class NodesText
{
    /// <summary>Which nodes the plan is on; null where it does not matter.</summary>
    public static NodePlacement? Placement(Plan plan) =>
        plan.Machine.Cluster is { } cluster ? NodePlacement.Of(cluster, plan.Layout.Degrees, plan.Layout.Schedule.Copies) : null;

    public static void Write(TextLines lines, Plan plan)
    {
        var limits = plan.Request.Nodes;
        if (!limits.Any || Placement(plan) is not { } placed) return;
        var cluster = placed.Cluster;
        lines.Sentence("cluster", Left(plan, cluster.Left * cluster.NodeGpus));
        var idle = cluster.Left - cluster.JobNodes;
        if (idle > 0) lines.Sentence("", Fewer(plan, idle));
        if (!placed.Unused.IsEmpty) lines.Sentence("", $"{(limits.Spares == 0 ? "idle" : idle == 0 ? "spare" : "spare or idle")}: {NodeLimits.Ranges(placed.Unused).Replace(",", ", ", StringComparison.Ordinal)}");
    }

    private static string Left(Plan plan, int left)
    {
        var limits = plan.Request.Nodes;
        var excluded = limits.Excluded.IsEmpty ? "" : $", {Quantity.Of(limits.Excluded.Length, "node")} excluded";
        var spare = limits.Spares == 0 ? "" : $", {(limits.Excluded.IsEmpty ? Quantity.Of(limits.Spares, "node") : Quantity.Count(limits.Spares))} kept spare";
        return $"{plan.Request.Gpus} GPUs{excluded}{spare}: {left} left";
    }

    private static string Fewer(Plan plan, int idle)
    {
        var why = plan.AllNodes is { } all
            ? $"on all of them the best step is {Quantity.Time(all)} ({Quantity.Change((all / plan.Estimate.Step) - 1)})"
            : "no layout takes all of them";
        return $"the plan uses {plan.Layout.Degrees.Gpus} of them and leaves {Quantity.Of(idle, "node")} idle: {why}";
    }
}
