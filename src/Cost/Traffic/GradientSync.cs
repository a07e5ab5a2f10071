using Planner.Cost.Layout;

namespace Planner.Cost.Traffic;

/// <summary>A group of ranks that hold the same parameters.</summary>
/// <param name="InNode">Members in one NVLink domain.</param>
/// <param name="Nodes">Domains.</param>
/// <param name="Span">GPUs from the first member to the last.</param>
public readonly record struct ReplicaGroup(double InNode, double Nodes, double Span)
{
    public double Size => InNode * Nodes;

    /// <summary>
    /// The group cut into copies of <paramref name="shards"/> neighbours each (hybrid sharding): one copy's members, and the ranks that hold the same
    /// shard of every copy. Copies fill domains before they leave them.
    /// </summary>
    /// <param name="shards">Members that divide one copy of the states.</param>
    /// <param name="stride">Ranks from one member to the next.</param>
    /// <param name="fabric">Links.</param>
    public (ReplicaGroup Shards, ReplicaGroup Copies) Divided(int shards, int stride, Fabric fabric)
    {
        var copies = Size / shards;
        var inNode = Math.Min(InNode, fabric.InDomain(shards, stride));
        var copiesInNode = Math.Max(1, InNode / inNode / Math.Max(1, shards / inNode));
        return (
            new ReplicaGroup(inNode, shards / inNode, fabric.Placed?.Part((double)shards * stride, Span) ?? (double)shards * stride),
            new ReplicaGroup(copiesInNode, copies / copiesInNode, Span));
    }

    /// <summary>Replicas of dense parameters: data x context ranks, and both copies of a bidirectional pipeline (in other domains where there are any).</summary>
    public static ReplicaGroup Dense(Degrees degrees, int copies, Fabric fabric) =>
        Of(degrees.Data * degrees.Context, degrees.Tensor, copies, degrees, fabric);

    /// <summary>
    /// Replicas of an expert: data x context x tensor / expert ranks, ep x tp numbers apart (tensor ranks of a domain hold the same experts), or
    /// folded, ep numbers apart.
    /// </summary>
    public static ReplicaGroup Experts(Degrees degrees, int copies, Fabric fabric)
    {
        if (fabric.FoldedExperts) return Of(degrees.ExpertReplicas, degrees.Expert, copies, degrees, fabric);
        var groups = degrees.Data * degrees.Context / degrees.Expert;
        var across = Of(groups, degrees.Expert * degrees.Tensor, copies, degrees, fabric);
        return across with { InNode = across.InNode * degrees.Tensor };
    }

    private static ReplicaGroup Of(int members, int stride, int copies, Degrees degrees, Fabric fabric)
    {
        var gpus = degrees.Gpus;
        if (gpus <= fabric.DomainGpus) return new ReplicaGroup(members * copies, 1, gpus);
        var inNode = fabric.InDomain(members, stride);

        // Both copies of a stage lie on ranks r and P-1-r: in the order of ranks their group spans the job.
        var span = copies > 1 ? gpus : (double)members * stride;
        return new ReplicaGroup(inNode, (double)members / inNode * copies, fabric.Placed?.Replicas(degrees, copies, span) ?? span);
    }
}

/// <summary>Traffic that keeps replicas equal: gradients are reduce-scattered, updated parameters all-gathered (ring, inside the node first).</summary>
internal static class GradientSync
{
    /// <summary>A reduce-scatter or all-gather of so many elements.</summary>
    public static Transfer Transfer(Fabric fabric, ReplicaGroup group, double elements, double bytesAnElement) =>
        group.Size <= 1 ? default : fabric.Gather(elements * bytesAnElement, group.InNode, group.Nodes, group.Span);
}
