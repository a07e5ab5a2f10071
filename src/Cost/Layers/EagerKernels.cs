using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Layers;

/// <summary>
/// What an eager framework moves beyond the fused kernels of the other files (<see cref="ElementwiseKernels.Eager"/>): every operation of its
/// automatic differentiation is a kernel that reads its inputs from memory and writes its result there. Bytes an element in 16 bits, counted
/// from the operations of a pre-norm transformer block.
/// </summary>
internal static class EagerKernels
{
    /// <summary>
    /// Gradients of a norm's own vectors take a second pass over its input and the incoming gradient (2 + 2, where the fused backward's count has
    /// 2 of them), and the two gradients that meet at its input are summed (2 + 2 read, 2 written; the fused count has 4 of them).
    /// </summary>
    public static void AddNorm(LayerWorkBuilder builder, in LayerSetting at)
    {
        if (at.Stack.Elementwise == ElementwiseKernels.Eager) builder.Elementwise(0, 4 * at.Own * at.Hidden);
    }

    /// <summary>
    /// Queries, keys and values are views of one result, so their gradients are put together (2 read, 2 written); gradients of biases are sums over
    /// the tokens (2 read).
    /// </summary>
    public static void AddProjections(LayerWorkBuilder builder, in LayerSetting at, GroupedQueryAttention attention)
    {
        if (at.Stack.Elementwise != ElementwiseKernels.Eager) return;
        var heads = (attention.Heads + (2 * Math.Max(attention.KeyValueHeads, (double)at.Tensor))) / at.Tensor;
        builder.Elementwise(0, (attention.QueryKeyValueBias ? 6 : 4) * at.Tokens * heads * attention.HeadWidth);
        if (attention.OutputBias) builder.Elementwise(0, 2 * at.Own * at.Hidden);
    }

    /// <summary>
    /// A gated MLP writes and reads the activated gate once more (2 + 2) and runs two kernels backward (6 more); biases as above.
    /// </summary>
    public static void AddMlp(LayerWorkBuilder builder, in LayerSetting at, MlpSpec mlp)
    {
        if (at.Stack.Elementwise != ElementwiseKernels.Eager) return;
        var elements = at.Tokens * mlp.Width / at.Tensor;
        if (mlp.Activation == Activation.SwiGlu) builder.Elementwise(4 * elements, 6 * elements);
        if (mlp.Bias) builder.Elementwise(0, (2.0 * at.Tokens * mlp.InputColumns / at.Tensor) + (2 * at.Own * at.Hidden));
    }
}
