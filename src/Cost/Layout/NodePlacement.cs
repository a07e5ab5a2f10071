using System.Collections.Immutable;
using Planner.Cost.Hardware;

namespace Planner.Cost.Layout;

/// <summary>
/// Which node of the cluster does the work of which node of a layout. Packed from the smallest unit up (<see cref="NodeNesting"/>): each leaf
/// holds as many whole units as it can, the rest is made of what is left over on the fewest leaves (<see cref="LeftoverGroups"/>).
/// </summary>
public sealed class NodePlacement
{
    private readonly ImmutableArray<int> nodes;

    private NodePlacement(ClusterSpec cluster, ImmutableArray<int> nodes)
    {
        Cluster = cluster;
        this.nodes = nodes;
    }

    public ClusterSpec Cluster { get; }

    /// <summary>Nodes that are neither excluded nor used, ascending: the spares, and those the layout leaves idle.</summary>
    public ImmutableArray<int> Unused => [.. Cluster.FreeNodes().SelectMany(leaf => leaf).Except(nodes)];

    /// <summary>The node of the cluster for a node of the layout, counted in the order of ranks.</summary>
    public int NodeOf(int layoutNode) => nodes[layoutNode];

    public int LeafOf(int layoutNode) => Cluster.LeafOf(nodes[layoutNode]);

    /// <summary>Places a layout.</summary>
    /// <param name="cluster">Nodes; takes the job's number of them.</param>
    /// <param name="degrees">Degrees; as many GPUs as the job has.</param>
    /// <param name="copies">Copies of the model in the pipeline: 2 where it is bidirectional.</param>
    /// <param name="foldedExperts">Expert groups span tensor ranks.</param>
    public static NodePlacement Of(ClusterSpec cluster, Degrees degrees, int copies, bool foldedExperts = false)
    {
        var nesting = NodeNesting.Of(degrees, copies, new LeafRoom(cluster), foldedExperts);
        var order = Pack(cluster, nesting.Units());
        var cell = (int)nesting.CellNodes;
        var nodes = new int[cluster.JobNodes];
        for (var position = 0; position * cell < nodes.Length; position++)
        {
            var first = nesting.FirstNodeOf(position);
            for (var i = 0; i < cell; i++) nodes[first + i] = order[(position * cell) + i];
        }

        return new NodePlacement(cluster, [.. nodes]);
    }

    // Bins hold units; a unit is a run of nodes. Units that lie on several leaves stay in bins of their own.
    private static ImmutableArray<int> Pack(ClusterSpec cluster, ImmutableArray<int> sizes)
    {
        List<List<int[]>> bins = [.. cluster.FreeNodes().Select(leaf => leaf.Select(node => new[] { node }).ToList())];
        var size = 1;
        foreach (var next in sizes)
        {
            if (next > cluster.JobNodes) break;
            bins = Join(bins, next / size, (cluster.JobNodes + next - 1) / next);
            size = next;
        }

        // A job that one leaf holds takes the leaf with the least room to spare; else leaves in their order, whole units before those in pieces.
        var fitting = bins.Where(bin => bin.Count * size >= cluster.JobNodes).MinBy(bin => bin.Count);
        return [.. (fitting ?? bins.SelectMany(bin => bin)).SelectMany(unit => unit).Take(cluster.JobNodes)];
    }

    private static List<List<int[]>> Join(List<List<int[]>> bins, int factor, int needed)
    {
        var joined = new List<List<int[]>>();
        var whole = 0;
        foreach (var bin in bins)
        {
            joined.Add([.. bin.Chunk(factor).Where(units => units.Length == factor).Select(Flat)]);
            whole += bin.Count / factor;
        }

        var left = bins.Select(bin => bin.Count % factor).ToArray();
        foreach (var group in LeftoverGroups.Of(left, factor, needed - whole))
        {
            var rest = group.SelectMany(bin => bins[bin].TakeLast(left[bin]));
            foreach (var units in rest.Chunk(factor).Where(units => units.Length == factor)) joined.Add([Flat(units)]);
        }

        return joined;
    }

    private static int[] Flat(int[][] units) => [.. units.SelectMany(unit => unit)];
}
