using System.Collections.Immutable;

namespace Planner.Search.Experts;

/// <summary>Experts of one layer on the expert-parallel ranks.</summary>
/// <param name="Blocks">Blocks of ranks, in order.</param>
/// <param name="Bound">No placement that keeps the shape has a cooler hottest rank.</param>
internal sealed record LayerPlacement(ImmutableArray<BlockPlacement> Blocks, double Bound)
{
    // Packings of units whose blocks are placed, most promising first.
    private const int MostPackings = 16;

    /// <summary>Load of the hottest rank.</summary>
    public double Hottest { get; } = Blocks.Max(block => block.Hottest);

    /// <summary>Places a layer.</summary>
    /// <param name="loads">Load of every expert; not all zero.</param>
    /// <param name="shape">What to keep.</param>
    public static LayerPlacement Of(ReadOnlySpan<double> loads, in ExpertShape shape)
    {
        var everywhere = BlockPlacement.BoundOf([.. Enumerable.Range(0, shape.Experts)], loads, shape.Extra, shape.Ranks);
        return shape.UnitsPerBlock == 1 || shape.Blocks == 1 ? Fixed(loads, shape, everywhere) : Packed(loads, shape, everywhere);
    }

    private static LayerPlacement Fixed(ReadOnlySpan<double> loads, in ExpertShape shape, double everywhere)
    {
        var blocks = ImmutableArray.CreateBuilder<BlockPlacement>(shape.Blocks);
        for (var block = 0; block < shape.Blocks; block++)
        {
            var experts = ExpertsOf([.. Enumerable.Range(block * shape.UnitsPerBlock, shape.UnitsPerBlock)], shape);
            blocks.Add(BlockPlacement.Of(experts, loads, shape.ExtraPerBlock, shape.RanksPerBlock));
        }

        return new LayerPlacement(blocks.ToImmutable(), Math.Max(everywhere, blocks.Max(block => block.Bound)));
    }

    // With copies, everywhere bounds copies anywhere; units hold it too.
    private static LayerPlacement Packed(ReadOnlySpan<double> loads, in ExpertShape shape, double everywhere)
    {
        var units = new double[shape.Units];
        for (var expert = 0; expert < loads.Length; expert++) units[expert / shape.UnitSize] += loads[expert];
        var floor = Math.Max(everywhere, LoadBound.Of(units.OrderDescending().ToArray(), shape.Blocks, shape.UnitsPerBlock) / shape.RanksPerBlock);
        var byLoad = Place(loads, shape, UnitPacking.ByLoad(units, shape.UnitsPerBlock));
        if (UnitPacking.All(shape.Units, shape.UnitsPerBlock) is not { } ways) return new LayerPlacement(byLoad, floor);
        var bounds = new Dictionary<string, double>(StringComparer.Ordinal);
        var scored = new List<(double Bound, int[][] Packing)>(ways.Count);
        foreach (var packing in ways)
        {
            var bound = floor;
            foreach (var block in packing) bound = Math.Max(bound, BoundOf(block, loads, shape, bounds));
            scored.Add((bound, packing));
        }

        var best = byLoad;
        var hottest = best.Max(block => block.Hottest);
        foreach (var (bound, packing) in scored.OrderBy(way => way.Bound).Take(MostPackings))
        {
            if (bound >= hottest) break;
            var placed = Place(loads, shape, packing);
            var load = placed.Max(block => block.Hottest);
            if (load < hottest) (best, hottest) = (placed, load);
        }

        return new LayerPlacement(best, scored.Min(way => way.Bound));
    }

    private static double BoundOf(int[] block, ReadOnlySpan<double> loads, in ExpertShape shape, Dictionary<string, double> known)
    {
        var key = string.Join(' ', block);
        if (known.TryGetValue(key, out var bound)) return bound;
        bound = BlockPlacement.BoundOf(ExpertsOf(block, shape), loads, shape.ExtraPerBlock, shape.RanksPerBlock);
        known.Add(key, bound);
        return bound;
    }

    private static ImmutableArray<BlockPlacement> Place(ReadOnlySpan<double> loads, in ExpertShape shape, int[][] packing)
    {
        var blocks = ImmutableArray.CreateBuilder<BlockPlacement>(packing.Length);
        foreach (var units in packing) blocks.Add(BlockPlacement.Of(ExpertsOf(units, shape), loads, shape.ExtraPerBlock, shape.RanksPerBlock));
        return blocks.MoveToImmutable();
    }

    private static int[] ExpertsOf(int[] units, in ExpertShape shape)
    {
        var size = shape.UnitSize;
        return [.. units.SelectMany(unit => Enumerable.Range(unit * size, size))];
    }
}
