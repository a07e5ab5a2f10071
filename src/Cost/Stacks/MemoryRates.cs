using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>Bytes that a parameter and its states take, and what else a GPU's memory holds.</summary>
/// <param name="WeightBytesBf16">Copies of a weight kept for BF16 compute.</param>
/// <param name="WeightBytesFp8">All copies of a linear weight kept for FP8 compute (FP8, transposed, BF16).</param>
/// <param name="GradientBytes">Gradient accumulator.</param>
/// <param name="MasterBytes">FP32 master weight, of the optimizer.</param>
/// <param name="MomentBytes">Both moments.</param>
/// <param name="Reserve">Context, communication buffers and workspace a GPU.</param>
/// <param name="AllocatorOverhead">Allocated bytes times this are reserved.</param>
public sealed record MemoryRates(
    double WeightBytesBf16,
    double WeightBytesFp8,
    double GradientBytes,
    double MasterBytes,
    double MomentBytes,
    Bytes Reserve,
    double AllocatorOverhead)
{
    /// <summary>
    /// Weight gradients go straight into their accumulators, and autograd gets an unused tensor instead: one of every shape of a linear layer stays
    /// allocated, the head's only for its backward (Transformer Engine's fused accumulation, Megatron-Core's output layer).
    /// </summary>
    public bool DummyGradients { get; init; }

    /// <summary>Bytes a logit at the fullest moment of the loss: 2 where it is fused and overwrites the logits, 6 with logits and an FP32 copy.</summary>
    public double LossBytes { get; init; } = 6;

    /// <summary>Workspaces of matrix multiplies that the framework's allocator holds.</summary>
    public Bytes Workspace { get; init; }

    /// <summary>More of them for grouped multiplies of experts.</summary>
    public Bytes ExpertWorkspace { get; init; }

    /// <summary>Layers whose weights are whole at once under ZeRO-3 (those computed with and those fetched ahead); embedding and head are whole all the time. 0 counts neither.</summary>
    public double GatheredLayers { get; init; }
}
