using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>Whether a layout may fit a memory limit, by what its ranks hold at least; the limit can be lowered to what the emptiest layout needs.</summary>
internal sealed class LeastRoom(long limitKib)
{
    /// <summary>More than any GPU has.</summary>
    public const long MostKib = 1L << 50;

    /// <summary>Memory of a GPU.</summary>
    public long LimitKib { get; private set; } = limitKib;

    public void AtMost(long kib) => LimitKib = Math.Min(LimitKib, kib);

    /// <summary>The layers of the main kind that each rank could hold add up to those there are.</summary>
    public bool MayFit(ModelWork work, in StateTotals states, RankHolds ranks)
    {
        var room = LimitKib - work.RankBaseKib + (ranks.Stages * states.ShortKib);
        if (room < (double)ranks.MostOnce * work.LeastActivationKib) return false;

        // Less than a KiB of states counts as one: no GPU is so small that this rules a layer out.
        return room > 0 && ranks.Fit(room, work.LeastActivationKib, Math.Max(1, states.LayerKib), work.ActivationKib, states.Layers);
    }

    /// <summary>The limit falls below what this layout needs, so that only an emptier one will lower it again.</summary>
    public void Lower(ModelWork work, in StateTotals states, RankHolds ranks)
    {
        if (!MayFit(work, states, ranks)) return;
        var (low, high) = (0L, LimitKib);
        while (high - low > 1)
        {
            LimitKib = low + ((high - low) / 2);
            if (MayFit(work, states, ranks)) high = LimitKib;
            else low = LimitKib;
        }

        LimitKib = low;
    }
}
