namespace Planner.Search.Experts;

/// <summary>
/// Exact search for the experts of a block. To ask whether every rank can stay at or below a load, ranks are filled one after the other, each with the
/// heaviest expert left; what the other ranks could take at most says what this one must. Halving between bound and hottest rank either cools
/// the rank or raises the bound.
/// </summary>
internal sealed class BlockSearch
{
    // Sums of the same loads in another order differ by rounding; what a rank must take is that much less, or the last rank's own rest would not do.
    private const double Rounding = 1e-12;

    private readonly double[] sorted;
    private readonly int[] order;
    private readonly int ranks;
    private readonly int slots;
    private readonly int[] rankOf;
    private readonly bool[] used;
    private readonly double rounding;
    private double most;
    private long steps;

    private BlockSearch(BlockPlacement block)
    {
        order = LongestProcessingTime.HeaviestFirst(block.Weights);
        sorted = [.. order.Select(item => block.Weights[item])];
        (ranks, slots) = (block.Ranks, block.Slots);
        rounding = Rounding * sorted.Sum();
        rankOf = new int[order.Length];
        used = new bool[order.Length];
    }

    /// <summary>A placement at least as cool, and a bound of all.</summary>
    /// <param name="block">A placement.</param>
    /// <param name="floor">A hottest rank as cool as this is good enough.</param>
    /// <param name="within">Share of the hottest rank that is not worth proving.</param>
    /// <param name="limit">Most steps; what is left of them comes back.</param>
    public static (BlockPlacement Block, double Bound) Improve(BlockPlacement block, double floor, double within, ref long limit)
    {
        var search = new BlockSearch(block);
        var bound = block.Bound;
        while (block.Hottest > Math.Max(bound, floor) * (1 + within))
        {
            var low = Math.Max(bound, floor);
            search.most = Math.Max(low, Math.Min((low + block.Hottest) / 2, block.Hottest / (1 + within)));
            search.steps = limit;
            Array.Clear(search.used);
            var found = search.Fill(0, search.sorted.Sum());
            limit = search.steps;
            if (found) block = block.On(search.Found());
            else if (limit > 0) bound = search.most;
            else break;
        }

        return (block, bound);
    }

    private int[] Found()
    {
        var found = new int[order.Length];
        for (var i = 0; i < order.Length; i++) found[order[i]] = rankOf[i];
        return found;
    }

    private bool Fill(int rank, double left)
    {
        if (rank == ranks) return true;
        var first = Array.IndexOf(used, false);
        if (sorted[first] > most) return false;
        (used[first], rankOf[first]) = (true, rank);
        if (Add(rank, first + 1, slots - 1, sorted[first], left - ((ranks - rank - 1) * most) - rounding, left)) return true;
        used[first] = false;
        return false;
    }

    // Heaviest companions first; equal ones are tried once.
    private bool Add(int rank, int from, int free, double load, double needed, double left)
    {
        if (free == 0) return load >= needed && Fill(rank + 1, left - load);
        var tried = -1.0;
        for (var i = from; i < sorted.Length && load + (free * sorted[i]) >= needed; i++)
        {
            if (--steps <= 0) return false;
            if (used[i] || sorted[i] == tried || load + sorted[i] > most) continue;
            tried = sorted[i];
            (used[i], rankOf[i]) = (true, rank);
            if (Add(rank, i + 1, free - 1, load + sorted[i], needed, left)) return true;
            used[i] = false;
        }

        return false;
    }
}
