using Planner.Cost.Models;

namespace Planner.Cost.Memory;

/// <summary>Parameters of a layer on one GPU, by how they are kept and who shares them.</summary>
/// <param name="Linear">Weights of linear layers outside the experts (FP8 where the precision is).</param>
/// <param name="Other">Norms, router, embedding, head: kept in BF16.</param>
/// <param name="Expert">Weights of routed experts.</param>
public readonly record struct LayerElements(double Linear, double Other, double Expert)
{
    public double Total => Linear + Other + Expert;

    public static LayerElements operator +(LayerElements a, LayerElements b) => new(a.Linear + b.Linear, a.Other + b.Other, a.Expert + b.Expert);

    /// <summary>One layer under tensor parallelism tp and expert parallelism ep. Latent attention's down-projections and all norms are whole on every tensor rank.</summary>
    public static LayerElements Of(ModelSpec model, LayerKind kind, int tp, int ep)
    {
        var attention = Attention(model, tp);
        return kind == LayerKind.Dense ? attention + Dense(model, tp) : attention + Moe(model, tp, ep);
    }

    /// <summary>Embedding, and learned positions where there are any; rows divide over tp.</summary>
    public static LayerElements Embedding(ModelSpec model, int tp) =>
        new(0, (((double)model.Vocabulary / tp) + model.LearnedPositions) * model.Hidden, 0);

    /// <summary>Final norm and output head. A tied head is a copy of the embedding's weight on its own GPU.</summary>
    public static LayerElements Head(ModelSpec model, int tp, bool holdsEmbedding) =>
        new(0, NormElements(model, model.Hidden) + (model.TiedEmbeddings && holdsEmbedding ? 0 : (double)model.Vocabulary / tp * model.Hidden), 0);

    /// <summary>What a multi-token-prediction module has beyond its layer.</summary>
    public static LayerElements MtpExtra(ModelSpec model, int tp) => new(2.0 * model.Hidden * model.Hidden / tp, 3.0 * model.Hidden, 0);

    private static double NormElements(ModelSpec model, double width) => model.Norm == Norm.Layer ? 2 * width : width;

    private static LayerElements Attention(ModelSpec model, int tp)
    {
        double h = model.Hidden;
        var norms = NormElements(model, h);
        switch (model.Attention)
        {
            case LatentAttention latent:
                var query = (double)latent.Heads * latent.QueryKeyWidth / tp;
                var down = (latent.QueryRank + latent.KeyValueRank + latent.RopeWidth) * h;
                var up = ((latent.QueryRank > 0 ? latent.QueryRank : h) * query)
                    + (latent.KeyValueRank * (double)latent.Heads * (latent.NopeWidth + latent.HeadValueWidth) / tp)
                    + ((double)latent.Heads * latent.HeadValueWidth / tp * h);
                return new LayerElements(down + up, norms + latent.QueryRank + latent.KeyValueRank, 0);
            case GroupedQueryAttention grouped:
                var queries = (double)grouped.Heads * grouped.HeadWidth / tp;
                var keysValues = 2.0 * Math.Max(1, grouped.KeyValueHeads / (double)tp) * grouped.HeadWidth;
                var bias = (grouped.QueryKeyValueBias ? queries + keysValues : 0) + (grouped.OutputBias ? h : 0)
                    + (grouped.QueryKeyNorm ? 2 * grouped.HeadWidth : 0);
                return new LayerElements((h * (queries + keysValues)) + (queries * h), norms + bias, 0);
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without parameters");
        }
    }

    private static LayerElements Dense(ModelSpec model, int tp)
    {
        double h = model.Hidden;
        var mlp = model.DenseMlp!;
        return new LayerElements(
            h * (mlp.InputColumns + mlp.Width) / tp,
            NormElements(model, h) + (mlp.Bias ? ((double)mlp.InputColumns / tp) + h : 0),
            0);
    }

    private static LayerElements Moe(ModelSpec model, int tp, int ep)
    {
        double h = model.Hidden;
        var moe = model.Moe!;
        return new LayerElements(
            3 * h * moe.SharedWidth / tp,
            NormElements(model, h) + (h * moe.Experts) + (moe.Router.CorrectionBias ? moe.Experts : 0),
            3 * h * moe.ExpertWidth * moe.Experts / ep);
    }
}
