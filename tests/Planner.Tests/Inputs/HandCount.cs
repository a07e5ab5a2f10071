using Planner.Cost.Models;

namespace Planner.Tests.Inputs;

/// <summary>Parameters of a shape by the textbook formulas, written for the tests alone.</summary>
internal static class HandCount
{
    /// <summary>All parameters, multi-token-prediction modules left out.</summary>
    public static long Total(ModelSpec model) => Count(model, model.Moe?.Experts ?? 0);

    /// <summary>Parameters a token uses, input embedding included.</summary>
    public static long Active(ModelSpec model) => Count(model, model.Moe?.TopK ?? 0);

    private static long Count(ModelSpec model, int expertsCounted)
    {
        long h = model.Hidden;
        long norm = model.Norm == Norm.Layer ? 2 * h : h;
        long width = model.EmbeddingWidth == 0 ? h : model.EmbeddingWidth;
        long total = (model.TiedEmbeddings ? 1 : 2) * width * model.Vocabulary + h * model.LearnedPositions
            + (width == h ? 0 : 2 * width * h)
            + (model.FinalNorm ? norm : 0)
            + (model.EmbeddingNorm ? norm : 0);
        foreach (LayerKind kind in model.Layers)
        {
            total += 2 * norm + Attention(h, model.Attention);
            total += kind == LayerKind.Dense ? Mlp(h, model.DenseMlp!) : Moe(h, model.Moe!, expertsCounted);
        }

        return total;
    }

    private static long Attention(long h, AttentionSpec attention)
    {
        if (attention is LatentAttention latent)
        {
            long n = latent.Heads;
            long queries = latent.QueryRank == 0
                ? h * n * (latent.NopeWidth + latent.RopeWidth)
                : h * latent.QueryRank + latent.QueryRank + latent.QueryRank * n * (latent.NopeWidth + latent.RopeWidth);
            long keys = h * (latent.KeyValueRank + latent.RopeWidth) + latent.KeyValueRank;
            long up = latent.KeyValueRank * n * (latent.NopeWidth + latent.HeadValueWidth);
            long indexer = latent.Indexer is { } index
                ? latent.QueryRank * index.Heads * index.HeadWidth + h * index.HeadWidth + 2 * index.HeadWidth + h * index.Heads
                : 0;
            return queries + keys + up + n * latent.HeadValueWidth * h + indexer;
        }

        var grouped = (GroupedQueryAttention)attention;
        long q = (long)grouped.Heads * grouped.HeadWidth;
        long kv = 2L * grouped.KeyValueHeads * grouped.HeadWidth;
        return h * (q + kv) + q * h
            + (grouped.QueryKeyValueBias ? q + kv : 0)
            + (grouped.OutputBias ? h : 0)
            + (grouped.QueryKeyNorm ? 2 * grouped.HeadWidth : 0)
            + (grouped.Sinks ? grouped.Heads : 0);
    }

    private static long Mlp(long h, MlpSpec mlp) => mlp.Activation == Activation.SwiGlu
        ? 3 * h * mlp.Width + (mlp.Bias ? 2 * mlp.Width + h : 0)
        : 2 * h * mlp.Width + (mlp.Bias ? mlp.Width + h : 0);

    // The router's correction bias is not trained by gradient, but it is in the published files.
    private static long Moe(long h, MoeSpec moe, int experts) =>
        h * moe.Experts + (moe.Router.CorrectionBias ? moe.Experts : 0) + 3 * h * ((long)experts * moe.ExpertWidth + moe.SharedWidth)
        + (moe.RouterBias ? moe.Experts : 0)
        + (moe.ExpertBias ? experts * (2L * moe.ExpertWidth + h) : 0);
}
