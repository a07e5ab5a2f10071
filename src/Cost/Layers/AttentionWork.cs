using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Layers;

/// <summary>Kernels of the attention half of a layer: norm, projections, positions, attention, output projection, residual.</summary>
internal static class AttentionWork
{
    /// <summary>Adds one micro-batch's attention on one GPU.</summary>
    /// <param name="builder">Receives the kernels.</param>
    /// <param name="model">Model.</param>
    /// <param name="tokens">Tokens of the micro-batch on this context-parallel rank.</param>
    /// <param name="context">Keys a query sees, on average half of them: the whole sequence.</param>
    /// <param name="tp">Tensor-parallel ranks; norms and residual run on tokens / tp (sequence parallelism).</param>
    /// <param name="recompute">What the backward pass computes again.</param>
    public static void Add(LayerWorkBuilder builder, ModelSpec model, double tokens, double context, int tp, RecomputePolicy recompute)
    {
        var norms = recompute.Has(RecomputeModules.LayerNorm);
        var own = tokens / tp;
        var hidden = (double)model.Hidden;
        builder.Elementwise(4 * own * hidden, 8 * own * hidden, norms);
        builder.Quantise(tokens * hidden, norms);
        switch (model.Attention)
        {
            case LatentAttention latent:
                AddLatent(builder, latent, hidden, tokens, tp, recompute);
                break;
            case GroupedQueryAttention grouped:
                AddGrouped(builder, grouped, hidden, tokens, tp);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without a cost");
        }

        var heads = model.Attention.Heads / (double)tp;
        builder.Attention(tokens * context * heads * (model.Attention.QueryKeyWidth + model.Attention.ValueWidth), recompute.Has(RecomputeModules.CoreAttention));
        builder.Quantise(tokens * heads * model.Attention.ValueWidth, false);
        builder.Linear(1, tokens, heads * model.Attention.ValueWidth, hidden);
        builder.Elementwise(6 * own * hidden, 4 * own * hidden);
    }

    private static void AddLatent(LayerWorkBuilder builder, LatentAttention latent, double hidden, double tokens, int tp, RecomputePolicy recompute)
    {
        var norms = recompute.Has(RecomputeModules.LayerNorm);
        var up = recompute.Has(RecomputeModules.MlaUpProjection);
        var heads = latent.Heads / (double)tp;
        var keyValueInput = latent.KeyValueRank + latent.RopeWidth;
        var own = tokens / tp;

        // Down-projections are replicated over tensor ranks and run on each rank's own tokens.
        if (latent.QueryRank > 0)
        {
            builder.Linear(1, own, hidden, latent.QueryRank + keyValueInput);
            builder.Elementwise(4 * own * latent.QueryRank, 8 * own * latent.QueryRank, norms);
            builder.Quantise(tokens * latent.QueryRank, norms || up);
            builder.Linear(1, tokens, latent.QueryRank, heads * latent.QueryKeyWidth, recompute: up);
        }
        else
        {
            builder.Linear(1, own, hidden, keyValueInput);
            builder.Linear(1, tokens, hidden, heads * latent.QueryKeyWidth, recompute: up);
        }

        builder.Elementwise(4 * own * latent.KeyValueRank, 8 * own * latent.KeyValueRank, norms);
        builder.Quantise(tokens * latent.KeyValueRank, norms || up);
        builder.Linear(1, tokens, latent.KeyValueRank, heads * (latent.NopeWidth + latent.HeadValueWidth), recompute: up);

        // Rotary part of the queries in place; keys are assembled from their two parts, values are copied out of the joint projection.
        builder.Elementwise(4 * tokens * heads * latent.RopeWidth, 4 * tokens * heads * latent.RopeWidth, up);
        var keys = tokens * heads * ((4 * latent.NopeWidth) + (2 * latent.RopeWidth));
        var values = 4 * tokens * heads * latent.HeadValueWidth;
        builder.Elementwise(keys + values, keys + values, up);
    }

    private static void AddGrouped(LayerWorkBuilder builder, GroupedQueryAttention grouped, double hidden, double tokens, int tp)
    {
        var heads = grouped.Heads / (double)tp;
        var keyValueHeads = Math.Max(1, grouped.KeyValueHeads / (double)tp);
        var width = grouped.HeadWidth;
        builder.Linear(1, tokens, hidden, (heads + (2 * keyValueHeads)) * width);
        if (grouped.Rotary)
        {
            var bytes = 4 * tokens * (heads + keyValueHeads) * width;
            builder.Elementwise(bytes, bytes);
        }

        if (grouped.QueryKeyNorm)
        {
            var bytes = 4 * tokens * (heads + keyValueHeads) * width;
            builder.Elementwise(bytes, 2 * bytes);
        }
    }
}
