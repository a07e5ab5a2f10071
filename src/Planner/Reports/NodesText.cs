using Planner.Cost.Layout;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>What the plan takes of the cluster: nodes missing, used and idle; on which leaf switches its groups lie, and what crosses these.</summary>
internal static class NodesText
{
    public static void Write(TextLines lines, Plan plan)
    {
        var limits = plan.Request.Nodes;
        if (plan.Nodes is not { } placed) return;
        if (limits.Any) Missing(lines, plan, placed);
        if (placed.Cluster.LeavesKnown) Leaves(lines, plan, placed);
    }

    private static void Missing(TextLines lines, Plan plan, NodePlacement placed)
    {
        var limits = plan.Request.Nodes;
        var cluster = placed.Cluster;
        lines.Sentence("cluster", Left(plan, cluster.Left * cluster.NodeGpus));
        var idle = cluster.Left - cluster.JobNodes;
        if (idle > 0) lines.Sentence("", Fewer(plan, idle));
        if (!placed.Unused.IsEmpty) lines.Sentence("", $"{(limits.Spares == 0 ? "idle" : idle == 0 ? "spare" : "spare or idle")}: {NodeLimits.Ranges(placed.Unused).Replace(",", ", ", StringComparison.Ordinal)}");
    }

    private static string Left(Plan plan, int left) => $"{plan.Request.Gpus} GPUs, {Limits(plan.Request.Nodes)}: {left} left";

    /// <summary>For example 3 nodes excluded, 2 kept spare.</summary>
    public static string Limits(NodeLimits limits)
    {
        var excluded = limits.Excluded.IsEmpty ? "" : $"{Quantity.Of(limits.Excluded.Length, "node")} excluded";
        var spare = limits.Spares == 0 ? "" : $"{(limits.Excluded.IsEmpty ? Quantity.Of(limits.Spares, "node") : Quantity.Count(limits.Spares))} kept spare";
        return string.Join(", ", new[] { excluded, spare }.Where(part => part.Length > 0));
    }

    private static string Fewer(Plan plan, int idle)
    {
        var why = plan.AllNodes is { } all
            ? $"on all of them no step is below {Quantity.Time(all)} ({Quantity.Change((all / plan.Estimate.Step) - 1)})"
            : "no layout takes all of them";
        return $"the plan uses {plan.Layout.Degrees.Gpus} of them and leaves {Quantity.Of(idle, "node")} idle: {why}";
    }

    private static void Leaves(TextLines lines, Plan plan, NodePlacement placed)
    {
        var map = new RankMap(plan.Layout.Degrees, plan.Machine.Node.Gpus, plan.Stack.FoldedExperts);
        var crossing = new LeafCrossing(placed, map);
        var share = plan.Machine.Network.Tiers[0].Share;
        var parts = new List<string> { $"{Quantity.Of(placed.Cluster.NodesPerLeaf, "node")} a leaf switch, {(share < 1 ? $"{Quantity.Short(1 / share)}:1 oversubscribed above" : "full bandwidth above")}" };
        if (plan.Layout.Degrees.Expert > 1)
        {
            var (mean, most) = crossing.ExpertLeaves();
            parts.Add(most == 1 ? "every expert group on one leaf" : $"expert groups on {Quantity.Short(mean)} leaves, {most} at most");
        }

        if (plan.Layout.Degrees.Pipeline > 1 && plan.Traffic.FirstOrDefault(row => row.Kind == "pipeline") is { Network.Value: > 0 } hops)
            parts.Add($"{Quantity.Percent(1 - (hops.AcrossLeaves!.Value.Value / hops.Network.Value))} of the pipeline's traffic between nodes stays in its leaf");
        lines.Sentence("network", string.Join("; ", parts));
        List<string[]> rows = [["GiB a gpu and step", "in node", "in leaf", "across", "seconds"]];
        foreach (var row in plan.Traffic.Where(row => row.Node.Value + row.Network.Value > 0))
        {
            rows.Add(
            [
                row.Kind.Replace('_', ' '), Quantity.Fixed(row.Node.Gib, 2), Quantity.Fixed((row.Network - row.AcrossLeaves!.Value).Gib, 2),
                Quantity.Fixed(row.AcrossLeaves.Value.Gib, 2), Quantity.Fixed(row.Time.Value, 3),
            ]);
        }

        lines.Table("", rows, column => column > 0);
    }
}
