using System.Collections.Immutable;

namespace Planner.Cost.Layout;

/// <summary>
/// In what order the nodes of a layout are put on the cluster, and which of them belong together. Inside a stage ranks keep their order, so
/// context and expert groups are runs of nodes; a cell is the smallest piece of a stage that cuts no such group. Cells follow each other column
/// by column, a column being the same cell of every stage, so that pipeline neighbours are adjacent (tensor, context, expert, pipeline, data from
/// the inside out, as Llama 3 was trained: arXiv 2407.21783 3.3.2); a bidirectional pipeline's ranks r and P-1-r are neighbours there. Where leaves do
/// not hold two cells but do hold stages whole, stage by stage: every hop of the pipeline crosses leaves in either case, gradients then do not.
/// </summary>
public sealed record NodeNesting
{
    private readonly int ranks;
    private readonly int copies;

    private NodeNesting(Degrees degrees, int copies, LeafRoom room, bool foldedExperts)
    {
        this.copies = copies;
        ranks = degrees.Pipeline;
        var node = room.Cluster.NodeGpus;
        var stage = (long)degrees.Data * degrees.Context * degrees.Tensor;
        var (experts, contexts) = ((long)degrees.Expert * degrees.ExpertStride(foldedExperts), (long)degrees.Context * degrees.Tensor);
        ExpertNodes = Lcm(experts, node) / node;
        ContextNodes = Lcm(experts % contexts == 0 ? contexts : Lcm(experts, contexts), node) / node;
        var cell = Lcm(Lcm(experts, contexts), node);
        InRankOrder = stage % cell != 0;
        CellNodes = InRankOrder ? room.Cluster.JobNodes : cell / node;
        CellsOfStage = InRankOrder ? 1 : (int)(stage / cell);
        GradientNodes = InRankOrder ? room.Cluster.JobNodes : CellsOfStage * copies * CellNodes;
        ByStage = !InRankOrder && CellsOfStage > 1 && !room.Holds(2 * CellNodes) && room.Holds(GradientNodes);
    }

    /// <summary>Nodes that whole expert groups fill.</summary>
    public long ExpertNodes { get; }

    /// <summary>Nodes that whole context-parallel groups fill; with the expert groups in them where these are not made of whole context groups.</summary>
    public long ContextNodes { get; }

    /// <summary>Nodes of a cell.</summary>
    public long CellNodes { get; }

    /// <summary>Cells of a stage.</summary>
    public int CellsOfStage { get; }

    /// <summary>Nodes of the same cell of every stage.</summary>
    public long ColumnNodes => InRankOrder ? CellNodes : CellNodes * ranks;

    /// <summary>Nodes with the same parameters: a stage, or two with a bidirectional pipeline.</summary>
    public long GradientNodes { get; }

    /// <summary>Stages share nodes, or groups reach over their ends: nodes keep the order of their ranks.</summary>
    public bool InRankOrder { get; }

    /// <summary>Stage by stage, not column by column.</summary>
    public bool ByStage { get; }

    public static NodeNesting Of(Degrees degrees, int copies, LeafRoom room, bool foldedExperts) => new(degrees, copies, room, foldedExperts);

    /// <summary>Units to keep together, nodes each, from the smallest; every one a multiple of the one before.</summary>
    public ImmutableArray<int> Units()
    {
        long[] all = InRankOrder
            ? [ContextNodes, ExpertNodes]
            : [ContextNodes, ExpertNodes, CellNodes, .. ByStage ? [CellNodes * CellsOfStage, GradientNodes] : (long[])[copies * CellNodes, ColumnNodes]];
        var units = ImmutableArray.CreateBuilder<int>();
        foreach (var unit in all.Where(unit => unit > 1).Order().Distinct())
            if (units.Count == 0 || unit % units[^1] == 0) units.Add((int)unit);
        return units.ToImmutable();
    }

    /// <summary>First node, in the order of ranks, of the cell at a position of the placement.</summary>
    public int FirstNodeOf(int position)
    {
        if (InRankOrder) return position * (int)CellNodes;
        var (step, cell) = ByStage ? Math.DivRem(position, CellsOfStage) : (position % ranks, position / ranks);
        var stage = copies == 1 ? step : step % 2 == 0 ? step / 2 : ranks - 1 - (step / 2);
        return ((stage * CellsOfStage) + cell) * (int)CellNodes;
    }

    private static long Lcm(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0) (x, y) = (y, x % y);
        return a / x * b;
    }
}
