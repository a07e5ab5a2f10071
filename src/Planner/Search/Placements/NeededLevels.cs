using System.Collections.Immutable;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// The recompute policies that stages of a layout need: a policy under which no part of the model takes less time or memory than under another leads
/// to no shorter step, whatever the stages hold. Of equal policies the first is needed.
/// </summary>
internal static class NeededLevels
{
    /// <summary>Numbers of the policies needed, ascending.</summary>
    public static ImmutableArray<int> Of(ImmutableArray<RecomputeLevel> levels) =>
        [.. Enumerable.Range(0, levels.Length).Where(level => !Enumerable.Range(0, levels.Length).Any(other => Replaces(levels, other, level)))];

    private static bool Replaces(ImmutableArray<RecomputeLevel> levels, int other, int level) =>
        other != level && NoMore(levels[other], levels[level]) && (other < level || !NoMore(levels[level], levels[other]));

    /// <summary>Whether a stage costs no more under one policy than under the other, whatever it holds.</summary>
    public static bool NoMore(RecomputeLevel a, RecomputeLevel b) =>
        a.TransientKib <= b.TransientKib && a.HeadTransientKib + a.TransientKib <= b.HeadTransientKib + b.TransientKib
        && LayersNoMore(a, b) && NoMore(a.MtpOnLast, b.MtpOnLast) && NoMore(a.MtpBeforeLast, b.MtpBeforeLast) && NoMore(a.Head, b.Head);

    private static bool LayersNoMore(RecomputeLevel a, RecomputeLevel b)
    {
        if (a.Sequence is not { } own || b.Sequence is not { } other) return NoMore(a.Dense, b.Dense) && NoMore(a.Moe, b.Moe);
        for (var i = 0; i < own.Layers.Length; i++)
            if (!NoMore(own.Layers[i], other.Layers[i])) return false;
        return true;
    }

    // What a pair takes is bounded by both sides alone without what either hides: less to compute again is less to hide, so the difference counts.
    private static bool NoMore(in ItemCost a, in ItemCost b) =>
        a.Forward <= b.Forward && a.BackwardInput <= b.BackwardInput && a.Weight <= b.Weight
        && a.PairForwardCompute <= b.PairForwardCompute && a.PairForwardTraffic <= b.PairForwardTraffic
        && a.PairBackwardCompute <= b.PairBackwardCompute && a.PairBackwardTraffic <= b.PairBackwardTraffic
        && a.Forward - a.HiddenForward <= b.Forward - b.HiddenForward
        && a.BackwardInput + a.Weight - a.HiddenBackward <= b.BackwardInput + b.Weight - b.HiddenBackward
        && a.ReduceGradients <= b.ReduceGradients && a.Update <= b.Update && a.StaticKib <= b.StaticKib && a.ActivationKib <= b.ActivationKib;
}
