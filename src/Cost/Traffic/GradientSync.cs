using Planner.Cost.Layout;

namespace Planner.Cost.Traffic;

/// <summary>A group of ranks that hold the same parameters.</summary>
/// <param name="InNode">Members on one node.</param>
/// <param name="Nodes">Nodes.</param>
public readonly record struct ReplicaGroup(double InNode, double Nodes)
{
    public double Size => InNode * Nodes;

    /// <summary>Replicas of dense parameters: data x context ranks, and both copies of a bidirectional pipeline (on other nodes where there are any).</summary>
    public static ReplicaGroup Dense(Degrees degrees, int copies, int nodeGpus) =>
        Of(degrees.Data * degrees.Context, degrees.Tensor, copies, degrees.Gpus, nodeGpus);

    /// <summary>Replicas of an expert: data x context x tensor / expert ranks, ep x tp numbers apart (tensor ranks of a node hold the same experts).</summary>
    public static ReplicaGroup Experts(Degrees degrees, int copies, int nodeGpus)
    {
        var groups = degrees.Data * degrees.Context / degrees.Expert;
        var across = Of(groups, degrees.Expert * degrees.Tensor, copies, degrees.Gpus, nodeGpus);
        return across with { InNode = across.InNode * degrees.Tensor };
    }

    private static ReplicaGroup Of(int members, int stride, int copies, int gpus, int nodeGpus)
    {
        if (gpus <= nodeGpus) return new ReplicaGroup(members * copies, 1);
        var inNode = Math.Clamp(nodeGpus / stride, 1, members);
        return new ReplicaGroup(inNode, (double)members / inNode * copies);
    }
}

/// <summary>Traffic that keeps replicas equal: gradients are reduce-scattered, updated parameters all-gathered (ring, inside the node first).</summary>
internal static class GradientSync
{
    /// <summary>Seconds of a reduce-scatter or all-gather of so many elements.</summary>
    public static double Seconds(Fabric fabric, ReplicaGroup group, double elements, double bytesAnElement) =>
        group.Size <= 1 ? 0 : fabric.GatherOrScatter(elements * bytesAnElement, group.InNode, group.Nodes);
}
