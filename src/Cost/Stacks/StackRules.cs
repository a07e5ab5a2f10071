using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>What the kernel between attention's projections is.</summary>
public enum AttentionKernel
{
    /// <summary>One kernel that never writes scores to memory (flash attention and its kin).</summary>
    Fused,

    /// <summary>Batched matrix multiplies with scores, mask, softmax and dropout in memory (before 2022).</summary>
    Unfused,
}

/// <summary>How the work between matrix multiplies runs.</summary>
public enum ElementwiseKernels
{
    /// <summary>Written or compiled into few kernels.</summary>
    Fused,

    /// <summary>One kernel an operation, as an eager framework runs them.</summary>
    Eager,
}

/// <summary>How a gather or scatter runs whose group spans several domains.</summary>
public enum CollectiveShape
{
    /// <summary>Inside the domains first, then across them (or the other way round): one after the other.</summary>
    Hierarchical,

    /// <summary>One ring through all members, cut into pieces: both links are busy at the same time, the slower one binds.</summary>
    Ring,
}

/// <summary>How context-parallel ranks meet each other's keys and values.</summary>
public enum ContextExchange
{
    /// <summary>They pass by in a ring, beside the attention of those that are there.</summary>
    Ring,

    /// <summary>All are gathered before the attention.</summary>
    AllGather,

    /// <summary>Heads are exchanged for tokens and back (Ulysses).</summary>
    AllToAll,
}

/// <summary>Bytes a logit that the loss moves.</summary>
public readonly record struct LossBytes(double Forward, double Backward);

/// <summary>The host's side: a pass of a layer takes no less than its kernels' launches.</summary>
/// <param name="ForwardKernels">Kernels and calls of a layer's forward.</param>
/// <param name="BackwardKernels">Of its full backward.</param>
/// <param name="PerKernel">Host time of one; zero under captured graphs.</param>
public sealed record HostRates(double ForwardKernels, double BackwardKernels, Seconds PerKernel)
{
    /// <summary>The host is never late.</summary>
    public static HostRates Free { get; } = new(0, 0, Seconds.Zero);
}

/// <summary>Gradients of FP16 training: kept, added up and reduced in FP16, with a scaled loss.</summary>
/// <param name="GradientBytes">Gradient accumulator.</param>
/// <param name="AccumulationBytes">Read and written a weight and micro-batch to accumulate.</param>
/// <param name="SyncBytes">An element of the reduction.</param>
/// <param name="OptimizerBytes">Read and written a parameter of the optimizer's shard: unscaling and its check come on top.</param>
public sealed record HalfGradients(double GradientBytes, double AccumulationBytes, double SyncBytes, double OptimizerBytes);
