using System.Collections.Immutable;
using Planner.Cost.Hardware;

namespace Planner.Cost.Layout;

/// <summary>
/// How many units of some nodes the leaf switches of a cluster hold whole: the sum of floor(free nodes / unit). Units that nest (each size a
/// multiple of the one before) can be packed so that each of their sizes reaches this number, since floor(floor(n / a) / b) = floor(n / (a b)).
/// </summary>
public sealed class LeafRoom
{
    private readonly ImmutableArray<(int Free, int Leaves)> leaves;

    public LeafRoom(ClusterSpec cluster)
    {
        Cluster = cluster;
        leaves = [.. cluster.FreeNodes().GroupBy(nodes => nodes.Length).OrderBy(group => group.Key).Select(group => (group.Key, group.Count()))];
        OneLeaf = leaves[^1].Free >= cluster.JobNodes;
    }

    public ClusterSpec Cluster { get; }

    /// <summary>One leaf holds the whole job.</summary>
    public bool OneLeaf { get; }

    /// <summary>The job can be cut into units of so many nodes that lie whole on one leaf each.</summary>
    public bool Holds(long unitNodes)
    {
        if (OneLeaf) return true;
        long whole = 0;
        foreach (var (free, count) in leaves) whole += free / unitNodes * count;
        return whole * unitNodes >= Cluster.JobNodes;
    }
}
