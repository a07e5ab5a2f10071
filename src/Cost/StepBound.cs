using Planner.Cost.Schedules;

namespace Planner.Cost;

/// <summary>
/// Lower bounds of a replayed step for every placement, cheap enough for millions of layouts. Each takes, for every rank, one path through
/// the schedule's graph (wait for the first input, all of the rank's work, end of step) and the placement that makes the longest of them
/// shortest; layers may be cut to fractions, so the bound stays below every real placement. The rank of the output head also works on the head
/// whole, with a layer on each of its other stages.
/// </summary>
public static class StepBound
{
    /// <summary>
    /// Ranks in a row, one stage each. Rank r waits at least share x the work of the ranks before it, then works m micro-batches:
    /// T >= share * sum(t_s, s &lt; r) + m t_r. With sum t = W the smallest T is W / (1 - (1 - share / m)^p).
    /// </summary>
    /// <param name="work">The model.</param>
    /// <param name="ranks">Pipeline ranks p.</param>
    /// <param name="microBatches">Micro-batches m.</param>
    /// <param name="share">Part of a layer's work that a rank behind it waits for: 1 where both forward and backward pass it, else the forward's.</param>
    public static double Sequential(in PipelineWork work, int ranks, int microBatches, double share)
    {
        var perMicroBatch = work.Forward + work.Backward + (2 * (ranks - 1) * work.Blocked);
        var rest = 1 - Power(1 - (share / microBatches), ranks);
        var mean = Math.Max(perMicroBatch / rest, ((microBatches * perMicroBatch) + work.Sync) / ranks);
        return Math.Max(mean, microBatches * work.Head);
    }

    /// <summary>Several stages a rank: only one layer of each rank before r is sure to lie in r's way. T >= (m W + least p (p - 1) / 2 + sync) / p.</summary>
    /// <param name="work">The model.</param>
    /// <param name="ranks">Pipeline ranks p.</param>
    /// <param name="stages">Stages.</param>
    /// <param name="microBatches">Micro-batches m.</param>
    /// <param name="least">Least work of a layer that a rank behind it waits for.</param>
    public static double Chunked(in PipelineWork work, int ranks, int stages, int microBatches, double least)
    {
        var perMicroBatch = work.Forward + work.Backward + (2 * (stages - 1) * work.Blocked);
        var mean = ((microBatches * perMicroBatch) + work.Sync + (least * ranks * (ranks - 1) / 2.0)) / ranks;
        return Math.Max(mean, microBatches * (work.Head + (((stages / ranks) - 1) * work.LeastLayer)));
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
        var mean = (Math.Max(compute, traffic) + alone + sends + work.Sync + (work.LeastForward * ranks * (ranks - 1) / 2.0)) / ranks;
        return Math.Max(mean, (paired * (work.HeadPair + work.LeastPair)) + (ranks * (work.Head + work.LeastLayer)));
    }

    private static double Power(double x, int n)
    {
        var result = 1.0;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0) result *= x;
        return result;
    }
}
