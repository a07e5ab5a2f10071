using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Layers;

/// <summary>Kernels of the attention half of a layer: norm, projections, positions, attention, output projection, residual.</summary>
internal static class AttentionWork
{
    /// <summary>Adds one micro-batch's attention on one GPU.</summary>
    /// <param name="builder">Receives the kernels.</param>
    /// <param name="at">Sizes.</param>
    /// <param name="context">Keys a query sees, on average half of them: the whole sequence.</param>
    public static void Add(LayerWorkBuilder builder, in LayerSetting at, double context)
    {
        var attention = at.Model.Attention;
        SharedKernels.AddNorm(builder, at, at.Tokens);
        switch (attention)
        {
            case LatentAttention latent:
                AddLatent(builder, latent, at);
                break;
            case GroupedQueryAttention grouped:
                AddGrouped(builder, grouped, at);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(at), attention.GetType().Name, "attention without a cost");
        }

        var heads = attention.Heads / (double)at.Tensor;
        var again = at.Recompute.Has(RecomputeModules.CoreAttention);
        if (at.Unfused)
            AddUnfused(builder, at, heads, at.Keys, again);
        else
            builder.Attention(at.Tokens * context * heads * (attention.QueryKeyWidth + attention.ValueWidth), context, attention.QueryKeyWidth, again);
        builder.Quantise(at.Tokens * heads * attention.ValueWidth, false);
        builder.Linear(1, at.Tokens, heads * attention.ValueWidth, at.Hidden, recompute: at.Recompute.Has(RecomputeModules.AttentionProjection | RecomputeModules.EverySecondProduct));
        builder.Adapter(at.Tokens, heads * attention.ValueWidth, at.Hidden);
        if (attention is GroupedQueryAttention { OutputBias: true }) SharedKernels.AddBiasGradient(builder, at, at.Own * at.Hidden);
        SharedKernels.AddResidual(builder, at);
    }

    // Scores of every head in memory, whole (nothing is skipped for causality or windows): two products forward, four backward, and passes of
    // scale, mask and softmax (read 2, write 2 bytes a score; backward two reads, a write), of dropout (read 2, write 2 and a mask of 1) each way.
    private static void AddUnfused(LayerWorkBuilder builder, in LayerSetting at, double heads, double context, bool again)
    {
        var attention = at.Model.Attention;
        var groups = at.Sequences * heads;
        var rows = at.Tokens / at.Sequences;
        builder.Product(groups, rows, context, attention.QueryKeyWidth, attention.QueryKeyWidth, again);
        builder.Product(groups, rows, attention.ValueWidth, context, attention.ValueWidth, again);
        var scores = groups * rows * context;
        var dropout = at.Stack.Dropout ? 5 : 0;
        builder.Elementwise((4 + dropout) * scores, (6 + dropout) * scores, again);

        // The fused softmax takes 16 bits; else the mask is a kernel of its own (read and write an element, a byte of mask).
        if (at.Stack.ElementBytes > 2) builder.Elementwise(4.5 * scores, 4.5 * scores, again);

        // The result goes from heads first to tokens first and its gradient back (read 2, write 2).
        var moved = 4 * at.Tokens * heads * attention.ValueWidth;
        if (at.Stack.SeparateKernels) builder.Elementwise(moved, moved, again);
    }

    private static void AddLatent(LayerWorkBuilder builder, LatentAttention latent, in LayerSetting at)
    {
        var norms = at.Recompute.Has(RecomputeModules.LayerNorm);
        var up = at.Recompute.Has(RecomputeModules.MlaUpProjection);
        var heads = latent.Heads / (double)at.Tensor;
        var keyValueInput = latent.KeyValueRank + latent.RopeWidth;
        var (tokens, own) = (at.Tokens, at.Own);

        // Down-projections are replicated over tensor ranks and run on each rank's own tokens.
        if (latent.QueryRank > 0)
        {
            builder.Linear(1, own, at.Hidden, latent.QueryRank + keyValueInput);
            builder.Elementwise(4 * own * latent.QueryRank, 8 * own * latent.QueryRank, norms);
            builder.Quantise(tokens * latent.QueryRank, norms || up);
            builder.Linear(1, tokens, latent.QueryRank, heads * latent.QueryKeyWidth, recompute: up);
        }
        else
        {
            builder.Linear(1, own, at.Hidden, keyValueInput);
            builder.Linear(1, tokens, at.Hidden, heads * latent.QueryKeyWidth, recompute: up);
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

    private static void AddGrouped(LayerWorkBuilder builder, GroupedQueryAttention grouped, in LayerSetting at)
    {
        var heads = grouped.Heads / (double)at.Tensor;
        var keyValueHeads = Math.Max(1, grouped.KeyValueHeads / (double)at.Tensor);
        var width = grouped.HeadWidth;
        builder.Linear(1, at.Tokens, at.Hidden, (heads + (2 * keyValueHeads)) * width);
        builder.Adapter(at.Tokens, at.Hidden, (heads + (2 * keyValueHeads)) * width);
        var projected = at.Tokens * (heads + (2 * keyValueHeads)) * width;
        if (grouped.QueryKeyValueBias) SharedKernels.AddBias(builder, at, projected);

        // The gradients of queries, keys and values are put side by side.
        if (at.Stack.SeparateKernels) builder.Backward(4 * projected);
        var bytes = 4 * at.Tokens * (heads + keyValueHeads) * width;
        EagerKernels.AddProjections(builder, at, grouped);
        var again = at.Recompute.Has(RecomputeModules.EverySecondProduct);
        if (again) builder.Again(at.Tokens, at.Hidden, keyValueHeads * width);
        var rotary = bytes / 4 * at.Stack.RotaryBytes;
        if (grouped.Rotary) builder.Elementwise(rotary, rotary, again);
        if (grouped.QueryKeyNorm) builder.Elementwise(bytes, 2 * bytes);
    }
}
