using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Whether layouts that differ in their sharding alone may fit a memory limit. Where a layer's states had room, smaller ones have; where they had
/// none, larger ones have none.
/// </summary>
internal sealed class ShardedRoom(LeastRoom room)
{
    // By program: the largest states that had room and the smallest that had none, KiB of a layer.
    private long[] fit = [];
    private long[] full = [];

    /// <summary>Other work of a micro-batch, for so many programs.</summary>
    public void Next(int programs)
    {
        if (fit.Length < programs) (fit, full) = (new long[programs], new long[programs]);
        fit.AsSpan(0, programs).Fill(-1);
        full.AsSpan(0, programs).Fill(long.MaxValue);
    }

    /// <summary>What <see cref="LeastRoom.MayFit"/> says of a program.</summary>
    public bool MayFit(int program, ModelWork work, in StateTotals states, RankHolds ranks)
    {
        if (states.LayerKib <= fit[program]) return true;
        if (states.LayerKib >= full[program]) return false;
        var may = room.MayFit(work, states, ranks);
        (may ? fit : full)[program] = states.LayerKib;
        return may;
    }
}
