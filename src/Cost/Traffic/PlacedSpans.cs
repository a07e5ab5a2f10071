using Planner.Cost.Layout;

namespace Planner.Cost.Traffic;

/// <summary>
/// How far the groups of a layout reach once <see cref="NodePlacement"/> has put them on leaves, as a number of GPUs to compare with the sizes of
/// network tiers. A group on one leaf spans its ranks. All groups of a kind run in step, so if one is in pieces all wait for it, and as nobody
/// knows how far apart its pieces are it is taken to span the job. Groups wider than a leaf span their ranks while all nodes are in use and none
/// is missing, else the job.
/// </summary>
public sealed class PlacedSpans
{
    private readonly LeafRoom room;
    private readonly int leafGpus;
    private readonly bool foldedExperts;
    private readonly bool intact;

    /// <param name="room">Leaves.</param>
    /// <param name="tierGpus">Size of the lowest tier of the network: the GPUs of a leaf.</param>
    /// <param name="foldedExperts">Expert groups span tensor ranks.</param>
    public PlacedSpans(LeafRoom room, int tierGpus, bool foldedExperts = false)
    {
        this.room = room;
        this.foldedExperts = foldedExperts;
        var cluster = room.Cluster;
        leafGpus = tierGpus;
        intact = cluster.JobNodes == cluster.Nodes;
    }

    /// <summary>Of an expert-parallel group.</summary>
    public double Experts(int expert, int stride)
    {
        var ranks = (long)expert * stride;
        return Run(ranks, NodeNesting.Of(new Degrees(expert, stride, 1, expert, 1, 1), 1, room, foldedExperts).ExpertNodes);
    }

    /// <summary>Of a context-parallel group.</summary>
    public double Context(int context, int tensor, int expert)
    {
        var ranks = (long)context * tensor;
        return Run(ranks, NodeNesting.Of(new Degrees(expert, tensor, 1, expert, context, 1), 1, room, foldedExperts).ContextNodes);
    }

    /// <summary>Of the widest-apart neighbours of a pipeline.</summary>
    public double Pipeline(Degrees degrees)
    {
        var column = NodeNesting.Of(degrees, 1, room, foldedExperts).ColumnNodes;
        return room.OneLeaf ? degrees.Gpus : room.Holds(column) ? column * room.Cluster.NodeGpus : Beyond;
    }

    /// <summary>Of the ranks that hold the same parameters.</summary>
    /// <param name="degrees">Degrees.</param>
    /// <param name="copies">2 with a bidirectional pipeline.</param>
    /// <param name="ranks">Span in the order of ranks.</param>
    public double Replicas(Degrees degrees, int copies, double ranks)
    {
        if (room.OneLeaf) return ranks;
        var nesting = NodeNesting.Of(degrees, copies, room, foldedExperts);
        return (nesting.CellsOfStage == 1 || nesting.ByStage) && !nesting.InRankOrder ? Run((long)ranks, nesting.GradientNodes) : Beyond;
    }

    /// <summary>Of a part of such a group: no further than all of it.</summary>
    public double Part(double ranks, double all) => room.OneLeaf ? ranks : all;

    private double Beyond => Math.Max(room.Cluster.JobGpus, leafGpus + 1.0);

    private double Run(long ranks, long unitNodes)
    {
        if (room.Holds(unitNodes)) return Math.Min(ranks, leafGpus);
        return unitNodes * room.Cluster.NodeGpus <= leafGpus || !intact ? Beyond : Math.Max(ranks, leafGpus + 1.0);
    }
}
