namespace Planner.Cost.Stacks;

/// <summary>Shares of a traffic that are not hidden behind compute (1 = all of it shows).</summary>
/// <param name="TensorParallel">Tensor-parallel collectives.</param>
/// <param name="ContextParallel">Context-parallel exchange.</param>
/// <param name="GradientSync">Reduce-scatter and all-gather of a step.</param>
/// <param name="ShardedSync">ZeRO-2/3 traffic of a micro-batch, outside overlapped pairs (inside, it shares the links with the expert traffic).</param>
/// <param name="Pipeline">Hand-over between stages that keeps the rank from its next operation; the rest only delays the receiver.</param>
public sealed record ExposedShares(double TensorParallel, double ContextParallel, double GradientSync, double ShardedSync, double Pipeline)
{
    /// <summary>
    /// Compute beside which gradient traffic of a layer can hide, as a share of the layer's backward of the last micro-batch; what does not fit there
    /// shows. Null: as much as the share says hides whatever the compute.
    /// </summary>
    public double? GradientSyncWindow { get; init; }

    /// <summary>Likewise ZeRO-2/3 traffic beside the same pass of the layer.</summary>
    public double? ShardedSyncWindow { get; init; }

    /// <summary>Likewise context-parallel exchange beside the layer's attention.</summary>
    public double? ContextParallelWindow { get; init; }

    /// <summary>Expert exchange outside overlapped pairs: 1 where every layer waits for it, less where another micro-batch's compute runs beside it.</summary>
    public double ExpertParallel { get; init; } = 1;

    /// <summary>Likewise a share of the layer's compute beside which it can hide.</summary>
    public double? ExpertParallelWindow { get; init; }

    /// <summary>
    /// Expert exchange hides beside another micro-batch's compute only where ranks hold several chunks or nothing is piped, and not where the backward
    /// pass computes experts again (Megatron-Core refuses its overlap elsewhere).
    /// </summary>
    public bool ExpertParallelNeedsChunks { get; init; }

    /// <summary>Every layer waits for all of its expert exchange, whatever the share says.</summary>
    public bool ExchangeWaits(int pipeline, int chunks) => ExpertParallelNeedsChunks && pipeline > 1 && chunks <= 1;

    /// <summary>What shows depends on the compute beside it.</summary>
    public bool HidesBesideCompute => GradientSyncWindow is not null || ShardedSyncWindow is not null;

    /// <summary>Seconds that show of a transfer: the share, or what the compute beside it cannot hide if that is more.</summary>
    public static double Shows(double share, double? window, double transfer, double compute) =>
        window is { } part ? Math.Max(share * transfer, transfer - (part * compute)) : share * transfer;
}
