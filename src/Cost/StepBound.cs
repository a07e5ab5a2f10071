using Planner.Cost.Schedules;

namespace Planner.Cost;

/// <summary>
/// Lower bounds of a replayed step for every placement, cheap enough for millions of layouts. Each takes, for every rank, one path through
/// the schedule's graph (wait for the first input, all of the rank's work, end of step) and the placement that makes the longest of them
/// shortest; layers may be cut to fractions, so the bound stays below every real placement. The rank of the output head also works on the head
/// whole, with a layer on each of its other stages. Stage 0 may hold the embedding alone, so it counts as the embedding only.
/// </summary>
public static class StepBound
{
    /// <summary>
    /// Ranks in a row, one stage each. Rank r waits at least share x the work of the ranks before it, then works m micro-batches:
    /// T >= share * sum(t_s, s &lt; r) + m t_r. With sum t = W the smallest T is share * W / (1 - (1 - share / m)^p).
    /// </summary>
    /// <param name="work">The model.</param>
    /// <param name="ranks">Pipeline ranks p.</param>
    /// <param name="microBatches">Micro-batches m.</param>
    /// <param name="share">Part of a layer's work that a rank behind it waits for: 1 where both forward and backward pass it, else the forward's.</param>
    public static double Sequential(in PipelineWork work, int ranks, int microBatches, double share)
    {
        var perMicroBatch = work.Forward + work.Backward + (2 * (ranks - 1) * work.Blocked);
        var rest = 1 - Power(1 - (share / microBatches), ranks);
        var mean = Math.Max(share * perMicroBatch / rest, ((microBatches * perMicroBatch) + work.Sync) / ranks);
        return Math.Max(mean, microBatches * work.Head);
    }

    /// <summary>
    /// Several stages a rank: only the embedding and one layer of each later rank before r are sure to lie in r's way.
    /// T >= (m W + first (p - 1) + least (p - 1) (p - 2) / 2 + sync) / p.
    /// </summary>
    /// <param name="work">The model.</param>
    /// <param name="ranks">Pipeline ranks p.</param>
    /// <param name="sends">Boundaries of stages that cross ranks.</param>
    /// <param name="microBatches">Micro-batches m.</param>
    /// <param name="first">Work of the embedding that the ranks behind it wait for.</param>
    /// <param name="least">Least work of a layer that a rank behind it waits for.</param>
    /// <param name="besideHead">Least work a micro-batch of the other stages on the head's rank.</param>
    public static double Chunked(in PipelineWork work, int ranks, int sends, int microBatches, double first, double least, double besideHead)
    {
        var perMicroBatch = work.Forward + work.Backward + (2 * sends * work.Blocked);
        var mean = ((microBatches * perMicroBatch) + work.Sync + Waits(ranks, first, least)) / ranks;
        return Math.Max(mean, microBatches * (work.Head + besideHead));
    }

    /// <summary>
    /// V-shaped overlapped schedules (DualPipeV; DualPipe folded): of n micro-batches at most n - q of any stage's forwards (backwards) run in
    /// pairs, the rest alone; a pair takes at least its compute and at least its traffic.
    /// </summary>
    /// <param name="work">The model.</param>
    /// <param name="ranks">Folded ranks q.</param>
    /// <param name="microBatches">Micro-batches n of the folded pipeline.</param>
    /// <param name="middleSends">The hand-over in the middle crosses ranks (folded DualPipe).</param>
    public static double Overlapped(in PipelineWork work, int ranks, int microBatches, bool middleSends)
    {
        var paired = microBatches - ranks;
        var sends = 2 * ((2 * ranks) - (middleSends ? 1 : 2)) * (double)microBatches * work.Blocked;
        var alone = ranks * (work.Forward + work.Backward);
        var compute = paired * (work.PairForward + work.PairBackward);
        var traffic = paired * (work.PairForwardTraffic + work.PairBackwardTraffic);
        var mean = (Math.Max(compute, traffic) + alone + sends + work.Sync + Waits(ranks, work.EmbeddingForward, work.LeastForward)) / ranks;
        return Math.Max(mean, (paired * (work.HeadPair + work.EmbeddingPair)) + (ranks * (work.Head + work.Embedding)));
    }

    // Before its first input comes, rank r waits for stage 0 and for a layer on each of the stages 1 to r - 1; summed over the ranks.
    private static double Waits(int ranks, double first, double least) => ((ranks - 1) * first) + (least * (ranks - 1) * (ranks - 2) / 2.0);

    private static double Power(double x, int n)
    {
        var result = 1.0;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0) result *= x;
        return result;
    }
}
