using System.Collections.Immutable;

namespace Planner.Search.Experts;

/// <summary>
/// Places the experts of every layer so that the hottest rank is as cool as can be: longest processing time, then swaps; an exact search takes up
/// what the lower bound leaves open, and CP-SAT what that leaves, where its sub-problem is small, with a limit of work that does not depend on the machine. Pairs come last: they may
/// move experts to other nodes as long as no rank becomes much hotter. A layout search asks for many placements and takes the quick one.
/// </summary>
internal sealed class ExpertPlacement
{
    // Steps of the exact search: of one block, and of all layers.
    private const long BlockSteps = 10_000_000;
    private const long AllSteps = 150_000_000;

    // Work of CP-SAT, in its own count.
    private const double BlockWork = 0.02;
    private const double AllWork = 0.2;

    private readonly MeasuredLayers measured;
    private readonly ImmutableArray<LayerPlacement> placed;
    private readonly bool final;

    private ExpertPlacement(MeasuredLayers measured, ExpertShape shape, int ranksInNode, ImmutableArray<LayerPlacement> placed, bool final)
    {
        this.measured = measured;
        this.placed = placed;
        this.final = final;
        Shape = shape;
        RanksInNode = ranksInNode;
        Result = new PlacedExperts(shape, [.. placed.Select((layer, i) => Report(measured.Layers[i], layer))]);
    }

    public ExpertShape Shape { get; }

    public int RanksInNode { get; }

    public PlacedExperts Result { get; }

    /// <summary>Longest processing time and swaps.</summary>
    /// <param name="measured">Loads.</param>
    /// <param name="shape">What to keep.</param>
    /// <param name="ranksInNode">Ranks of a node.</param>
    public static ExpertPlacement Of(MeasuredLayers measured, ExpertShape shape, int ranksInNode) =>
        new(measured, shape, ranksInNode, [.. measured.Layers.Select(layer => LayerPlacement.Of(layer.Loads.AsSpan(), shape))], false);

    /// <summary>The same, improved and proven where it is open, and moved for the pairs.</summary>
    public ExpertPlacement Final()
    {
        if (final) return this;
        var steps = AllSteps;
        var work = AllWork;
        var better = placed.Select(layer => Open(layer, (block, floor) => Searched(block, floor, ref steps))).ToList();
        if (Bounds) better = [.. better.Select(layer => Open(layer, (block, floor) => Modelled(block, floor, ref work)))];
        return new ExpertPlacement(measured, Shape, RanksInNode, [.. better], true);
    }

    // What is proven of a block holds for the layer: its experts could not lie in another one, nor be copied otherwise.
    private bool Bounds => Shape.Extra == 0 && (Shape.UnitsPerBlock == 1 || Shape.Blocks == 1);

    // The hottest block decides; a cooler one is taken up only when it has become the hottest.
    private LayerPlacement Open(LayerPlacement layer, Func<BlockPlacement, double, (BlockPlacement Block, double Bound)> improve)
    {
        var tried = new HashSet<int>();
        while (layer.Hottest > layer.Bound * (1 + PlacedLayer.Within))
        {
            var hottest = layer.Blocks.IndexOf(layer.Blocks.MaxBy(block => block.Hottest)!);
            var block = layer.Blocks[hottest];
            if (!tried.Add(hottest)) break;
            var (better, bound) = improve(block, Math.Max(block.Bound, layer.Bound));
            layer = new LayerPlacement(layer.Blocks.SetItem(hottest, better), Bounds ? Math.Max(layer.Bound, bound) : layer.Bound);
        }

        return layer;
    }

    private static (BlockPlacement Block, double Bound) Searched(BlockPlacement block, double floor, ref long steps)
    {
        var limit = Math.Min(steps, BlockSteps);
        steps -= limit;
        var found = BlockSearch.Improve(block, floor, 0.99 * PlacedLayer.Within, ref limit);
        steps += Math.Max(0, limit);
        return found;
    }

    private static (BlockPlacement Block, double Bound) Modelled(BlockPlacement block, double floor, ref double work)
    {
        if (work <= 0 || block.Weights.Length * block.Ranks > GroupModel.MostBooleans) return (block, block.Bound);
        var answer = GroupModel.Solve(block, floor, Math.Min(work, BlockWork));
        work -= answer.Work;
        return (answer.RankOf is { } rankOf && block.On(rankOf) is var moved && moved.Hottest < block.Hottest ? moved : block, answer.Bound);
    }

    private PlacedLayer Report(MeasuredLayer layer, LayerPlacement placement)
    {
        var loads = layer.Loads;
        var sum = loads.Sum();
        var ranks = placement.Blocks.SelectMany(block => block.OnRanks()).ToArray();
        var shares = placement.Blocks.SelectMany(block => block.Loads()).Select(load => load / sum).ToArray();
        PairTraffic? traffic = null;
        if (final && !layer.Pairs.IsEmpty)
        {
            var before = PairSearch.Across(ranks, layer.Pairs, RanksInNode);
            ranks = PairSearch.Improve(loads.AsSpan(), ranks, layer.Pairs, RanksInNode, Shape.RanksPerBlock);
            shares = [.. ranks.Select(rank => rank.Sum(expert => loads[expert]) / sum)];
            traffic = new PairTraffic(layer.Pairs.Sum(pair => pair.Weight), before, PairSearch.Across(ranks, layer.Pairs, RanksInNode));
        }

        var factor = Math.Max(1, shares.Max() * Shape.Ranks);
        return new PlacedLayer(
            layer.Layer,
            [.. ranks.Select(rank => ImmutableArray.Create(rank))],
            [.. shares],
            factor,
            Math.Clamp(placement.Bound * Shape.Ranks / sum, 1, factor),
            ContiguousLoad.Factor(loads.AsSpan(), Shape.Ranks))
        {
            Pairs = traffic,
        };
    }
}
