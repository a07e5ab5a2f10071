using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>Rates of one GPU architecture under this stack.</summary>
/// <param name="Architecture">Matches <see cref="AcceleratorSpec.Architecture"/>.</param>
/// <param name="Gemm">GEMM rates by precision.</param>
/// <param name="AttentionForward">Fused attention, forward, causal FLOPs counted half.</param>
/// <param name="AttentionBackward">Fused attention, backward, of 2.5 times the forward's FLOPs.</param>
/// <param name="MemoryEfficiency">Share of the peak HBM bandwidth that element-wise kernels reach.</param>
/// <param name="KernelLaunch">Time between two kernels on the GPU.</param>
public sealed record ArchitectureRates(
    string Architecture,
    ImmutableDictionary<Precision, GemmRates> Gemm,
    FlopsPerSecond AttentionForward,
    FlopsPerSecond AttentionBackward,
    double MemoryEfficiency,
    Seconds KernelLaunch)
{
    /// <summary>Share of the attention rates that heads of 64 and less reach; the rates are those of wider heads. 1 where nothing is known.</summary>
    public double NarrowHeads { get; init; } = 1;

    /// <summary>Time that each group of a grouped GEMM adds beyond its products, where the library launches groups one by one.</summary>
    public Seconds GroupLaunch { get; init; }

    /// <summary>
    /// What the host takes for the calls of one MoE layer, forward and full backward (a third of it forward): the layer takes no less, however few
    /// tokens there are. Belongs to the hosts that this architecture's machines have.
    /// </summary>
    public Seconds MoeLayerHost { get; init; }

    /// <summary>
    /// Keys worth of time that a fused attention kernel spends on its start, on half-empty blocks of the diagonal and on its end: a sequence of s
    /// keys runs at 1 / (1 + this / s) of the rates, which are those of long sequences. 0 where the rates hold for every length.
    /// </summary>
    public double AttentionRamp { get; init; }

    /// <summary>
    /// Batched products of heads whose width is no multiple of 16 bytes: a head's first element is then not where tensor cores' loads want it, and the
    /// library takes other kernels. Null where they run as any other.
    /// </summary>
    public FlopsPerSecond? MisalignedProduct { get; init; }
}
