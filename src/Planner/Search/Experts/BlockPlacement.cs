namespace Planner.Search.Experts;

/// <summary>Experts of one block, copies included, on its ranks.</summary>
/// <param name="Experts">Expert of every item.</param>
/// <param name="Weights">Load of every item.</param>
/// <param name="RankOf">Rank of every item inside the block.</param>
/// <param name="Ranks">Ranks of the block.</param>
/// <param name="Hottest">Load of the hottest rank.</param>
/// <param name="Bound">No placement of these experts has a cooler hottest rank, however they are copied.</param>
internal sealed record BlockPlacement(int[] Experts, double[] Weights, int[] RankOf, int Ranks, double Hottest, double Bound)
{
    public int Slots => Weights.Length / Ranks;

    /// <summary>Longest processing time, then swaps.</summary>
    /// <param name="experts">Experts of the block.</param>
    /// <param name="loads">Load of every expert of the layer.</param>
    /// <param name="extra">Copies beyond one an expert.</param>
    /// <param name="ranks">Ranks of the block.</param>
    public static BlockPlacement Of(int[] experts, ReadOnlySpan<double> loads, int extra, int ranks)
    {
        var (items, weights) = Items(experts, loads, extra, ranks);
        var slots = weights.Length / ranks;
        var rankOf = LongestProcessingTime.Place(weights, ranks, slots);
        var bound = BoundOf(weights, ranks, extra > 0);
        return new BlockPlacement(items, weights, rankOf, ranks, SwapSearch.Improve(weights, rankOf, ranks, bound), bound);
    }

    /// <summary>The bound alone.</summary>
    public static double BoundOf(int[] experts, ReadOnlySpan<double> loads, int extra, int ranks) =>
        BoundOf(Items(experts, loads, extra, ranks).Weights, ranks, extra > 0);

    /// <summary>Experts of every rank of the block, ascending.</summary>
    public int[][] OnRanks()
    {
        var held = new int[Ranks][];
        var filled = new int[Ranks];
        for (var rank = 0; rank < Ranks; rank++) held[rank] = new int[Slots];
        for (var item = 0; item < Experts.Length; item++) held[RankOf[item]][filled[RankOf[item]]++] = Experts[item];
        foreach (var rank in held) Array.Sort(rank);
        return held;
    }

    /// <summary>Load of every rank of the block.</summary>
    public double[] Loads()
    {
        var loads = new double[Ranks];
        for (var item = 0; item < Weights.Length; item++) loads[RankOf[item]] += Weights[item];
        return loads;
    }

    /// <summary>The same items on other ranks.</summary>
    public BlockPlacement On(int[] rankOf)
    {
        var moved = this with { RankOf = rankOf };
        return moved with { Hottest = moved.Loads().Max() };
    }

    // Other counts of copies have the same mean, and their heaviest copy is no lighter.
    private static double BoundOf(double[] weights, int ranks, bool copied)
    {
        var sorted = weights.OrderDescending().ToArray();
        return copied ? Math.Max(sorted.Sum() / ranks, sorted[0]) : LoadBound.Of(sorted, ranks, weights.Length / ranks);
    }

    private static (int[] Items, double[] Weights) Items(int[] experts, ReadOnlySpan<double> loads, int extra, int ranks)
    {
        var weights = new double[experts.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = loads[experts[i]];
        if (extra == 0) return (experts, weights);
        var copies = CopyCounts.Of(weights, extra, ranks);
        return (
            [.. experts.SelectMany((expert, i) => Enumerable.Repeat(expert, copies[i]))],
            [.. weights.SelectMany((weight, i) => Enumerable.Repeat(weight / copies[i], copies[i]))]);
    }
}
