using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Layers;

/// <summary>What the kernels of a layer are sized by.</summary>
/// <param name="Model">Model.</param>
/// <param name="Stack">Software.</param>
/// <param name="Tokens">Tokens of the micro-batch on a context-parallel rank.</param>
/// <param name="Sequences">Sequences of the micro-batch.</param>
/// <param name="Keys">Tokens of a sequence.</param>
/// <param name="Tensor">Tensor-parallel ranks.</param>
/// <param name="Recompute">What the backward pass computes again.</param>
internal readonly record struct LayerSetting(ModelSpec Model, StackSpec Stack, double Tokens, double Sequences, double Keys, int Tensor, RecomputePolicy Recompute)
{
    /// <summary>Tokens of norms, residuals and routing on a tensor rank: its share with sequence parallelism, else all.</summary>
    public double Own => Stack.SequenceParallel ? Tokens / Tensor : Tokens;

    /// <summary>Scores are written to memory.</summary>
    public bool Unfused => Stack.Attention == AttentionKernel.Unfused || (!Stack.FusedSinks && Model.Attention is GroupedQueryAttention { Sinks: true });

    /// <summary>Biases, residual gradients and re-layouts are kernels of their own.</summary>
    public bool Separate => Stack.Elementwise == ElementwiseKernels.Separate;

    public double Hidden => Model.Hidden;
}
