using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Layers;

/// <summary>Kernels of the feed-forward half of a layer: norm, MLP or experts, residual.</summary>
internal static class MlpWork
{
    /// <summary>Adds a dense MLP.</summary>
    public static void AddDense(LayerWorkBuilder builder, ModelSpec model, double tokens, int tp, RecomputePolicy recompute)
    {
        var mlp = model.DenseMlp!;
        AddNorm(builder, model, tokens, tp, recompute, tokens);
        AddMlp(builder, model.Hidden, mlp.Width / (double)tp, mlp.Activation, 1, tokens, recompute, recompute.Has(RecomputeModules.Mlp));
        AddResidual(builder, model, tokens, tp);
    }

    /// <summary>Adds router, routed experts and shared experts. Expert weights are whole on their rank (expert tensor parallel 1).</summary>
    /// <param name="builder">Receives the kernels.</param>
    /// <param name="model">Model.</param>
    /// <param name="tokens">Tokens of the micro-batch on this context-parallel rank; each tensor rank routes its own share.</param>
    /// <param name="tp">Tensor-parallel ranks.</param>
    /// <param name="ep">Expert-parallel ranks.</param>
    /// <param name="ranksReached">Distinct expert ranks that a token reaches.</param>
    /// <param name="load">Rows of the busiest rank over the mean.</param>
    /// <param name="recompute">What the backward pass computes again.</param>
    public static void AddMoe(
        LayerWorkBuilder builder,
        ModelSpec model,
        double tokens,
        int tp,
        int ep,
        double ranksReached,
        double load,
        RecomputePolicy recompute)
    {
        var moe = model.Moe!;
        var own = tokens / tp;
        var hidden = (double)model.Hidden;
        AddNorm(builder, model, tokens, tp, recompute, own);

        // Router in BF16 on FP32 scores: scores, sort and choice are a few passes over experts a token.
        builder.Linear(1, own, hidden, moe.Experts, Precision.Bf16);
        builder.Elementwise(16 * own * moe.Experts, 16 * own * moe.Experts);

        // Dispatched tokens arrive once a rank and are copied to a row for every expert; rows are summed a token before they return.
        var rows = own * moe.TopK * load;
        var arrived = own * ranksReached * load;
        var outBytes = builder.Precision.Bytes();
        builder.Elementwise((arrived + rows) * hidden * outBytes, (arrived + rows) * hidden * 2);
        var localExperts = moe.Experts / (double)ep;
        AddMlp(builder, hidden, moe.ExpertWidth, Activation.SwiGlu, localExperts, rows / localExperts, recompute, false);
        builder.Elementwise((arrived + rows) * hidden * 2, (arrived + rows) * hidden * outBytes);

        if (moe.SharedWidth > 0)
            AddMlp(builder, hidden, moe.SharedWidth / (double)tp, Activation.SwiGlu, 1, tokens, recompute, recompute.Has(RecomputeModules.Mlp));
        AddResidual(builder, model, tokens, tp);
    }

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
        var again = whole || recompute.Has(RecomputeModules.Activation);
        builder.Linear(groups, rows, hidden, gated ? 2 * width : width, recompute: whole);

        // Reads gate and up (or one input), writes the product: 6 (4) bytes an element forward, 10 (6) backward.
        builder.Elementwise((gated ? 6 : 4) * elements, (gated ? 10 : 6) * elements, again);
        builder.Quantise(elements, again);
        builder.Linear(groups, rows, width, hidden);
    }

    private static void AddNorm(LayerWorkBuilder builder, ModelSpec model, double tokens, int tp, RecomputePolicy recompute, double quantised)
    {
        var norms = recompute.Has(RecomputeModules.LayerNorm);
        var own = tokens / tp * model.Hidden;
        builder.Elementwise(4 * own, 8 * own, norms);
        builder.Quantise(quantised * model.Hidden, norms);
    }

    private static void AddResidual(LayerWorkBuilder builder, ModelSpec model, double tokens, int tp)
    {
        var own = tokens / tp * model.Hidden;
        builder.Elementwise(6 * own, 4 * own);
    }
}
