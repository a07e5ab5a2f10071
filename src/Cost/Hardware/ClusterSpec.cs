using System.Collections.Immutable;

namespace Planner.Cost.Hardware;

/// <summary>
/// The nodes of one cluster: which of them hang on which leaf switch, which may not be used, and how many a job takes of the rest. Leaf i
/// holds the nodes i x NodesPerLeaf to (i + 1) x NodesPerLeaf - 1; the last one may be smaller.
/// </summary>
/// <param name="NodeGpus">GPUs of a node.</param>
/// <param name="Nodes">Nodes, numbered from 0.</param>
/// <param name="NodesPerLeaf">Nodes on one leaf switch; the whole cluster where nothing is known of switches.</param>
/// <param name="Excluded">Nodes that are broken, ascending.</param>
/// <param name="Spares">Nodes to keep back; which ones is up to the placement.</param>
/// <param name="JobNodes">Nodes that the job takes, at most those left.</param>
public sealed record ClusterSpec(int NodeGpus, int Nodes, int NodesPerLeaf, ImmutableArray<int> Excluded, int Spares, int JobNodes)
{
    /// <summary>The switches are known, so that it matters where a group lies.</summary>
    public bool LeavesKnown { get; init; }

    public int Leaves => (Nodes + NodesPerLeaf - 1) / NodesPerLeaf;

    /// <summary>Nodes that are neither excluded nor to be kept back.</summary>
    public int Left => Nodes - Excluded.Length - Spares;

    /// <summary>GPUs of the job.</summary>
    public int JobGpus => JobNodes * NodeGpus;

    public int LeafOf(int node) => node / NodesPerLeaf;

    /// <summary>Nodes of each leaf that are not excluded, ascending. Spares are among them.</summary>
    public ImmutableArray<ImmutableArray<int>> FreeNodes()
    {
        var excluded = Excluded.ToHashSet();
        return [.. Enumerable.Range(0, Leaves).Select(leaf => (ImmutableArray<int>)
            [.. Enumerable.Range(leaf * NodesPerLeaf, Math.Min(NodesPerLeaf, Nodes - (leaf * NodesPerLeaf))).Where(node => !excluded.Contains(node))])];
    }
}
