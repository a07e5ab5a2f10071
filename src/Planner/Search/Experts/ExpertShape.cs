using Planner.Cost.Models;

namespace Planner.Search.Experts;

/// <summary>
/// What every placement of a layer's experts keeps: the same number of experts on each rank, and sets of consecutive experts (units) that stay
/// whole inside blocks of neighbouring ranks. Without such sets the layer is one unit in one block.
/// </summary>
/// <param name="Experts">Routed experts.</param>
/// <param name="Extra">Copies of experts beyond the first, in all.</param>
/// <param name="Ranks">Expert-parallel ranks.</param>
/// <param name="Blocks">Blocks of ranks: nodes, or all nodes of a router group that needs several.</param>
/// <param name="UnitsPerBlock">Units a block holds.</param>
public readonly record struct ExpertShape(int Experts, int Extra, int Ranks, int Blocks, int UnitsPerBlock)
{
    /// <summary>Experts a rank holds, copies included.</summary>
    public int Slots => (Experts + Extra) / Ranks;

    public int RanksPerBlock => Ranks / Blocks;

    public int Units => Blocks * UnitsPerBlock;

    public int UnitSize => Experts / Units;

    /// <summary>Copies beyond the first in a block.</summary>
    public int ExtraPerBlock => Extra / Blocks;

    /// <summary>
    /// Where the router limits the groups that a token may use and its experts span nodes, each group lies whole on one node or fills whole nodes:
    /// only then does the limit hold for nodes, as the traffic takes it. Groups that nodes cut stay as they are, node by node.
    /// </summary>
    /// <param name="moe">Experts and router.</param>
    /// <param name="extra">Copies; a multiple of the ranks.</param>
    /// <param name="ranks">Expert-parallel ranks; a divisor of the experts.</param>
    /// <param name="ranksInNode">Of them in one NVLink domain.</param>
    public static ExpertShape Of(MoeSpec moe, int extra, int ranks, int ranksInNode)
    {
        if (moe.Experts % ranks != 0 || extra % ranks != 0)
            throw new ArgumentException($"{moe.Experts} experts and {extra} copies do not divide over {ranks} ranks", nameof(ranks));
        if (ranksInNode >= ranks || moe.Router.GroupLimit >= moe.Router.Groups) return new ExpertShape(moe.Experts, extra, ranks, 1, 1);
        if (ranks % ranksInNode != 0) return new ExpertShape(moe.Experts, extra, ranks, ranks, 1);
        var nodes = ranks / ranksInNode;
        var (onNode, group) = (moe.Experts / nodes, moe.Experts / moe.Router.Groups);
        if (onNode % group == 0) return new ExpertShape(moe.Experts, extra, ranks, nodes, onNode / group);
        return new ExpertShape(moe.Experts, extra, ranks, group % onNode == 0 ? moe.Router.Groups : nodes, 1);
    }
}
