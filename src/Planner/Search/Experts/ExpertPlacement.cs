using System.Collections.Immutable;

namespace Planner.Search.Experts;

/// <summary>
/// Places the experts of every layer so that the hottest rank is as cool as can be: longest processing time, then swaps; CP-SAT takes up what the
/// lower bound leaves open, where its sub-problem is small, with a limit of work that does not depend on the machine. Pairs come last: they may
/// move experts to other nodes as long as no rank becomes much hotter.
/// </summary>
internal sealed class ExpertPlacement
{
    // Of one sub-problem, and of all of them: about half a second.
    private const double MostWork = 0.02;
    private const double AllWork = 0.2;

    private readonly MeasuredLayers measured;
    private readonly ImmutableArray<LayerPlacement> placed;

    private ExpertPlacement(MeasuredLayers measured, ExpertShape shape, int ranksInNode, ImmutableArray<LayerPlacement> placed)
    {
        this.measured = measured;
        this.placed = placed;
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
        new(measured, shape, ranksInNode, [.. measured.Layers.Select(layer => LayerPlacement.Of(layer.Loads.AsSpan(), shape))]);

    /// <summary>The same, improved and proven by CP-SAT where it is open.</summary>
    public ExpertPlacement Proven()
    {
        var work = AllWork;
        return new ExpertPlacement(measured, Shape, RanksInNode, [.. placed.Select(layer => Proven(layer, ref work))]);
    }

    // The hottest block decides; a cooler one is taken up only when it has become the hottest. Copies are not chosen by the model, so with them
    // it could not prove anything.
    private LayerPlacement Proven(LayerPlacement layer, ref double work)
    {
        if (Shape.Extra > 0) return layer;
        var tried = new HashSet<int>();
        while (work > 0 && layer.Hottest > layer.Bound * (1 + GroupModel.Within))
        {
            var hottest = layer.Blocks.IndexOf(layer.Blocks.MaxBy(block => block.Hottest)!);
            var block = layer.Blocks[hottest];
            if (block.Weights.Length * block.Ranks > GroupModel.MostBooleans || !tried.Add(hottest)) break;
            var answer = GroupModel.Solve(block, Math.Max(block.Bound, layer.Bound), Math.Min(work, MostWork));
            work -= answer.Work;
            if (answer.RankOf is { } rankOf && block.On(rankOf) is var moved && moved.Hottest < block.Hottest) block = moved;

            // Where units may share other blocks, what holds for this block says nothing of theirs.
            var bound = Shape.UnitsPerBlock == 1 || Shape.Blocks == 1 ? Math.Max(layer.Bound, answer.Bound) : layer.Bound;
            layer = new LayerPlacement(layer.Blocks.SetItem(hottest, block), bound);
        }

        return layer;
    }

    private PlacedLayer Report(MeasuredLayer layer, LayerPlacement placement)
    {
        var loads = layer.Loads;
        var sum = loads.Sum();
        var ranks = placement.Blocks.SelectMany(block => block.OnRanks()).ToArray();
        var shares = placement.Blocks.SelectMany(block => block.Loads()).Select(load => load / sum).ToArray();
        PairTraffic? traffic = null;
        if (!layer.Pairs.IsEmpty)
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
