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

    /// <summary>One layer under tensor parallelism tp and expert parallelism ep; experts are whole on their rank.</summary>
    /// <param name="model">Model.</param>
    /// <param name="kind">Kind of the layer.</param>
    /// <param name="tp">Tensor-parallel ranks.</param>
    /// <param name="ep">Expert-parallel ranks.</param>
    /// <param name="extraExperts">Copies of experts beyond the first, in all.</param>
    public static LayerElements Of(ModelSpec model, LayerKind kind, int tp, int ep, int extraExperts = 0)
    {
        var attention = Linears(ParameterCount.Attention(model), tp) + RepeatedKeyValues(model, tp);
        var norms = Others(ParameterCount.LayerNorms(model), tp);
        return kind == LayerKind.Dense
            ? attention + norms + Linears(ParameterCount.DenseMlp(model), tp)
            : attention + norms + Linears(ParameterCount.SharedExperts(model), tp) + Others(ParameterCount.Router(model), tp)
                + new LayerElements(0, 0, (double)ParameterCount.Expert(model).Total * (model.Moe!.Experts + extraExperts) / ep);
    }

    /// <summary>Embedding, and learned positions where there are any; rows divide over tp.</summary>
    public static LayerElements Embedding(ModelSpec model, int tp) => Others(ParameterCount.Embedding(model), tp);

    /// <summary>Final norm and output head. A tied head away from the embedding is a copy of its matrix.</summary>
    public static LayerElements Head(ModelSpec model, int tp, bool holdsEmbedding) =>
        Others(ParameterCount.FinalNorm(model), tp)
        + Others(holdsEmbedding ? ParameterCount.Head(model) : ParameterCount.HeadMatrix(model), tp);

    /// <summary>What a multi-token-prediction module has beyond its layer.</summary>
    public static LayerElements MtpExtra(ModelSpec model, int tp) => Linears(ParameterCount.MtpFrame(model), tp);

    private static LayerElements Linears(PartParameters part, int tp) =>
        new(((double)part.SplitMatrices / tp) + part.CopiedMatrices, ((double)part.SplitVectors / tp) + part.CopiedVectors, 0);

    private static LayerElements Others(PartParameters part, int tp)
    {
        var all = Linears(part, tp);
        return new LayerElements(0, all.Linear + all.Other, 0);
    }

    // More tensor ranks than key-value heads: each rank keeps one whole head, so heads are held more than once.
    private static LayerElements RepeatedKeyValues(ModelSpec model, int tp) =>
        model.Attention is GroupedQueryAttention grouped && tp > grouped.KeyValueHeads
            ? new LayerElements(2.0 * model.Hidden * grouped.HeadWidth * (1 - ((double)grouped.KeyValueHeads / tp)), 0, 0)
            : default;
}
