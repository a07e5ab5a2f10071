using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Layers;

/// <summary>Kernels of the feed-forward half of a layer: norm, MLP or experts, residual.</summary>
internal static class MlpWork
{
    /// <summary>Adds a dense MLP.</summary>
    public static void AddDense(LayerWorkBuilder builder, in LayerSetting at)
    {
        var mlp = at.Model.DenseMlp!;
        SharedKernels.AddNorm(builder, at, at.Tokens);
        EagerKernels.AddMlp(builder, at, mlp);
        AddMlp(builder, at.Hidden, mlp.Width / (double)at.Tensor, mlp.Activation, 1, at.Tokens, at.Recompute, WholeMlp(at.Recompute));
        if (mlp.Bias)
        {
            SharedKernels.AddBiasGradient(builder, at, at.Tokens * mlp.InputColumns / at.Tensor);
            SharedKernels.AddBiasGradient(builder, at, at.Own * at.Hidden);
        }

        SharedKernels.AddResidual(builder, at);
    }

    /// <summary>Adds router, routed experts and shared experts. Expert weights are whole on their rank (expert tensor parallel 1); each tensor rank routes its own tokens.</summary>
    /// <param name="builder">Receives the kernels.</param>
    /// <param name="at">Sizes.</param>
    /// <param name="localExperts">Experts a rank holds.</param>
    /// <param name="ranksReached">Distinct expert ranks that a token reaches.</param>
    /// <param name="load">Rows of the busiest rank over the mean.</param>
    public static void AddMoe(LayerWorkBuilder builder, in LayerSetting at, double localExperts, double ranksReached, double load)
    {
        var moe = at.Model.Moe!;
        var own = at.Tokens / at.Tensor;
        var hidden = at.Hidden;
        SharedKernels.AddNorm(builder, at, own);

        // Router in BF16 on FP32 scores: scores, sort and choice are a few passes over experts a token.
        builder.Linear(1, own, hidden, moe.Experts, Precision.Bf16);
        builder.Elementwise(16 * own * moe.Experts, 16 * own * moe.Experts);

        // Dispatched tokens arrive once a rank and are copied to a row for every expert; rows are summed a token before they return.
        var rows = own * moe.TopK * load;
        var arrived = own * ranksReached * load;
        var outBytes = at.Stack.Experts.DispatchBytes < 2 ? builder.Precision.Bytes() : 2;
        var whole = at.Recompute.Has(RecomputeModules.Experts);
        builder.Elementwise((arrived + rows) * hidden * outBytes, (arrived + rows) * hidden * 2, whole);
        if (outBytes >= 2) builder.Quantise(rows * hidden, whole);
        AddMlp(builder, hidden, moe.ExpertWidth, Activation.SwiGlu, localExperts, rows / localExperts, at.Recompute, whole);
        builder.Elementwise((arrived + rows) * hidden * 2, (arrived + rows) * hidden * outBytes);

        if (moe.SharedWidth > 0)
            AddMlp(builder, hidden, moe.SharedWidth / (double)at.Tensor, Activation.SwiGlu, 1, at.Tokens, at.Recompute, WholeMlp(at.Recompute));
        SharedKernels.AddResidual(builder, at);
    }

    private static bool WholeMlp(RecomputePolicy recompute) => recompute.Has(RecomputeModules.Mlp) || recompute.Has(RecomputeModules.MlpUp);

    private static void AddMlp(
        LayerWorkBuilder builder,
        double hidden,
        double width,
        Activation activation,
        double groups,
        double rows,
        RecomputePolicy recompute,
        bool whole)
    {
        var gated = activation == Activation.SwiGlu;
        var elements = groups * rows * width;
        var again = whole || recompute.Has(RecomputeModules.Activation | RecomputeModules.EverySecondProduct);
        builder.Linear(groups, rows, hidden, gated ? 2 * width : width, recompute: whole);
        if (gated && !whole && recompute.Has(RecomputeModules.EverySecondProduct)) builder.Again(groups * rows, hidden, width);

        // Reads gate and up (or one input), writes the product: 6 (4) bytes an element forward, 10 (6) backward.
        builder.Elementwise((gated ? 6 : 4) * elements, (gated ? 10 : 6) * elements, again);
        builder.Quantise(elements, again);
        builder.Linear(groups, rows, width, hidden);
    }
}
