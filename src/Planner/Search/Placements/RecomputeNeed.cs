using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// What must be computed again where every stage has its own recompute policy. In a step of T ticks a rank works on so many layers at most;
/// those beyond what its memory keeps whole cost time for every KiB that they may not keep. Less time leaves less choice of where layers lie, so
/// what is saved at least falls as T grows, and T is excluded where the bound with what it must save exceeds it.
/// </summary>
internal readonly struct RecomputeNeed(ModelWork work, StateTotals states, ISchedule schedule, PipelineShape shape, long roomKib)
{
    private const int Halvings = 5;
    private const double MostGrowth = 4;
    private const int MostRanks = 1024;

    /// <summary>The step is no shorter than this, in ticks.</summary>
    /// <param name="bound">Its bound with nothing computed again.</param>
    /// <param name="send">Seconds of a hand-over.</param>
    /// <param name="ranks">What ranks hold at least.</param>
    public double Bound(double bound, double send, RankHolds ranks)
    {
        var count = ranks.Ranks.Length;
        if (count > MostRanks) return bound;
        Span<Rank> order = stackalloc Rank[count];
        if (!Order(ranks, order)) return bound;
        if (!Excludes(bound, send, order)) return bound;
        var (low, step) = (bound, bound / 64);
        while (low + step < MostGrowth * bound && Excludes(low + step, send, order)) (low, step) = (low + step, 2 * step);
        for (var i = 0; i < Halvings; i++)
        {
            step /= 2;
            if (Excludes(low + step, send, order)) low += step;
        }

        return low;
    }

    private bool Excludes(double ticks, double send, ReadOnlySpan<Rank> order)
    {
        var saved = Saved(ticks, order);
        return saved < 0 || (saved > 0 && schedule.Bound(work.With(send, states, saved), shape) > ticks * (1 + 1e-12));
    }

    // KiB a micro-batch that must be saved at least in a step of so many ticks; below 0 where even that does not make room.
    private double Saved(double ticks, ReadOnlySpan<Rank> order)
    {
        var (layer, kib) = Ticks();
        double left = states.Layers;
        foreach (ref readonly var rank in order) left -= Math.Min(rank.Whole, ticks / layer);
        if (left <= 0) return 0;
        double saved = 0;
        foreach (ref readonly var rank in order)
        {
            var time = ticks - (rank.Whole * layer);
            if (time <= 0) continue;
            var more = Math.Min(left, Math.Min(time / (layer + (rank.Kib * kib)), rank.Most - rank.Whole));
            saved += more * rank.Kib;
            left -= more;
            if (left <= 0) return saved;
        }

        return -1;
    }

    // Of a step: a layer on a rank, and a KiB saved.
    private (double Layer, double Kib) Ticks()
    {
        double microBatches = shape.MicroBatches / schedule.Copies;
        if (!schedule.Overlaps) return (microBatches * work.LayerTicks, microBatches * work.BackwardOfKib);
        double alone = shape.Ranks / schedule.Copies;
        var paired = microBatches - alone;
        return ((paired * work.LayerPairTicks) + (alone * work.LayerTicks), (paired * work.PairOfKib) + (alone * work.BackwardOfKib));
    }

    // Ranks by what a further layer must save, least first; false where all layers may be kept whole.
    private bool Order(RankHolds ranks, Span<Rank> order)
    {
        Span<double> layers = stackalloc double[ranks.Lanes];
        Span<double> tightest = stackalloc double[ranks.Lanes];
        ranks.Room(roomKib, work.LeastActivationKib, states.LayerKib, work.FastActivationKib, layers, tightest);
        double all = 0;
        foreach (var whole in layers[..order.Length]) all += whole;
        if (all >= states.Layers) return false;
        for (var i = 0; i < order.Length; i++) order[i] = new Rank(layers[i], 0, Kib(ranks.Ranks[i][(int)tightest[i]]));
        ranks.Room(roomKib, work.LeastActivationKib, states.LayerKib, work.ActivationKib, layers, tightest);
        for (var i = 0; i < order.Length; i++) order[i] = order[i] with { Most = layers[i] };
        order.Sort(static (a, b) => a.Kib.CompareTo(b.Kib));
        return true;
    }

    // A further layer keeps more on the stages held least, and what makes room for it is saved on the stages held most. A schedule that holds as many
    // micro-batches as there are holds more than was looked at, of every layer alike.
    private double Kib(LeastHeld held) => held.Each == held.Most && held.Each >= 2 * shape.Ranks
        ? work.FastActivationKib
        : (states.LayerKib + ((double)held.Each * work.FastActivationKib)) / held.Most;

    /// <summary>A rank.</summary>
    /// <param name="Whole">Layers that fit with nothing computed again.</param>
    /// <param name="Most">Layers that fit at all.</param>
    /// <param name="Kib">What a further layer must save, a micro-batch.</param>
    private readonly record struct Rank(double Whole, double Most, double Kib);
}
