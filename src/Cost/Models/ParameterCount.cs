namespace Planner.Cost.Models;

/// <summary>
/// Exact parameter counts of a model, by part. h is the hidden width, V the vocabulary.
/// Checked to the last digit against the published models in the tests.
/// </summary>
public static class ParameterCount
{
    /// <summary>The attention of a layer.</summary>
    /// <remarks>
    /// Grouped-query: h*nh*d + 2*h*nkv*d + nh*d*h, and biases, head norms and nh sinks where the model has them.
    /// Latent: h*q + q + q*nh*(nope+rope) + h*(kv+rope) + kv + kv*nh*(nope+v) + nh*v*h; the lone q and kv are norms of the latents.
    /// A sparse indexer of n heads of width d adds q*n*d + h*d + h*n, and a norm of 2*d on its shared key.
    /// The latent down-projections are held whole by every tensor rank (Megatron-LM multi_latent_attention.py, 'duplicated').
    /// </remarks>
    public static PartParameters Attention(ModelSpec model) => model.Attention switch
    {
        GroupedQueryAttention attention => GroupedQuery(model.Hidden, attention),
        LatentAttention attention => Latent(model.Hidden, attention),
        _ => throw new ArgumentException($"{model.Attention.GetType().Name} has no parameter count.", nameof(model)),
    };

    /// <summary>The feed-forward block of a dense layer: 3*h*w gated, 2*h*w + w + h plain with biases; zero where the model has none.</summary>
    public static PartParameters DenseMlp(ModelSpec model)
    {
        if (model.DenseMlp is not { } mlp)
            return default;
        long hidden = model.Hidden;
        return new((mlp.InputColumns + (long)mlp.Width) * hidden, 0, mlp.Bias ? mlp.InputColumns : 0, mlp.Bias ? hidden : 0);
    }

    /// <summary>One routed expert: 3*h*I, with biases 2*I + h more. Split holds where experts are tensor-parallel.</summary>
    public static PartParameters Expert(ModelSpec model) => model.Moe is { } moe
        ? Gated(model.Hidden, moe.ExpertWidth) + (moe.ExpertBias ? new PartParameters(0, 0, 2L * moe.ExpertWidth, model.Hidden) : default)
        : default;

    /// <summary>All shared experts of an MoE layer together.</summary>
    public static PartParameters SharedExperts(ModelSpec model) => Gated(model.Hidden, model.Moe?.SharedWidth ?? 0);

    /// <summary>The router: h*E weights, E biases where it has them, and E correction biases that no gradient trains.</summary>
    public static PartParameters Router(ModelSpec model) => model.Moe is { } moe
        ? new(0, (long)model.Hidden * moe.Experts, 0, (moe.RouterBias ? moe.Experts : 0) + (moe.Router.CorrectionBias ? moe.Experts : 0))
        : default;

    /// <summary>The two norms of a layer.</summary>
    public static PartParameters LayerNorms(ModelSpec model) => 2 * OneNorm(model);

    public static PartParameters DenseLayer(ModelSpec model) => Attention(model) + DenseMlp(model) + LayerNorms(model);

    /// <summary>What an MoE layer holds beside its routed experts: attention, norms, router, shared experts.</summary>
    public static PartParameters MoeLayerOutsideExperts(ModelSpec model) =>
        Attention(model) + LayerNorms(model) + Router(model) + SharedExperts(model);

    /// <summary>An MoE layer with all its experts.</summary>
    public static PartParameters MoeLayer(ModelSpec model) => MoeLayerOutsideExperts(model) + ((model.Moe?.Experts ?? 0) * Expert(model));

    /// <summary>What a token uses of an MoE layer: its top-k experts instead of all.</summary>
    public static PartParameters ActiveMoeLayer(ModelSpec model) => MoeLayerOutsideExperts(model) + ((model.Moe?.TopK ?? 0) * Expert(model));

    public static PartParameters Layer(ModelSpec model, LayerKind kind) => kind == LayerKind.Moe ? MoeLayer(model) : DenseLayer(model);

    /// <summary>What a multi-token-prediction module adds to its layer: a projection of 2h to h and three norms. Embedding and head are the model's own.</summary>
    public static PartParameters MtpFrame(ModelSpec model) => new PartParameters(2L * model.Hidden * model.Hidden, 0, 0, 0) + (3 * OneNorm(model));

    /// <summary>One multi-token-prediction module; zero where the model has none.</summary>
    public static PartParameters MtpModule(ModelSpec model) => model.MtpModules > 0 ? Layer(model, model.MtpLayerKind) + MtpFrame(model) : default;

    /// <summary>Input embedding V*h (divided by rows of the vocabulary), and its projection, learned positions and norm where the model has them.</summary>
    public static PartParameters Embedding(ModelSpec model) => Table(model) + BesideTable(model);

    /// <summary>Output head V*h, and the projection in front of a narrower one; without the matrix where it is the embedding's own.</summary>
    public static PartParameters Head(ModelSpec model) => Projection(model) + (model.TiedEmbeddings ? default : Table(model));

    /// <summary>The matrices a token meets at the output, whether the head owns them or not.</summary>
    public static PartParameters HeadMatrix(ModelSpec model) => Projection(model) + Table(model);

    public static PartParameters FinalNorm(ModelSpec model) => model.FinalNorm ? OneNorm(model) : default;

    /// <summary>All parameters without multi-token-prediction modules.</summary>
    public static long Total(ModelSpec model) => (Layers(model, MoeLayer(model)) + Embedding(model) + Head(model) + FinalNorm(model)).Total;

    public static long TotalWithMtp(ModelSpec model) => Total(model) + (model.MtpModules * MtpModule(model).Total);

    /// <summary>Parameters a token uses, without multi-token-prediction modules. Publishers differ on counting the input embedding.</summary>
    public static long Active(ModelSpec model, bool withInputEmbedding) =>
        (Layers(model, ActiveMoeLayer(model)) + HeadMatrix(model) + FinalNorm(model)).Total
        + (withInputEmbedding ? (model.TiedEmbeddings ? BesideTable(model) : Embedding(model)).Total : 0);

    private static PartParameters Layers(ModelSpec model, PartParameters moeLayer) =>
        ((model.Layers.Length - model.MoeLayers) * DenseLayer(model)) + (model.MoeLayers * moeLayer);

    private static PartParameters Table(ModelSpec model) =>
        new((long)model.Vocabulary * (model.EmbeddingWidth > 0 ? model.EmbeddingWidth : model.Hidden), 0, 0, 0);

    private static PartParameters Projection(ModelSpec model) => new(0, (long)model.EmbeddingWidth * model.Hidden, 0, 0);

    private static PartParameters BesideTable(ModelSpec model) =>
        Projection(model)
        + new PartParameters(0, (long)model.LearnedPositions * model.Hidden, 0, 0)
        + (model.EmbeddingNorm ? OneNorm(model) : default);

    private static PartParameters OneNorm(ModelSpec model) => new(0, 0, 0, model.Norm == Norm.Layer ? 2L * model.Hidden : model.Hidden);

    private static PartParameters Gated(long hidden, long width) => new(3 * hidden * width, 0, 0, 0);

    private static PartParameters GroupedQuery(long hidden, GroupedQueryAttention attention)
    {
        long query = (long)attention.Heads * attention.HeadWidth;
        long keyValue = 2L * attention.KeyValueHeads * attention.HeadWidth;
        return new(
            (hidden * (query + keyValue)) + (query * hidden),
            0,
            (attention.QueryKeyValueBias ? query + keyValue : 0) + (attention.Sinks ? attention.Heads : 0),
            (attention.OutputBias ? hidden : 0) + (attention.QueryKeyNorm ? 2L * attention.HeadWidth : 0));
    }

    private static PartParameters Latent(long hidden, LatentAttention attention)
    {
        long heads = attention.Heads;
        long queryRank = attention.QueryRank;
        long keyValueRank = attention.KeyValueRank;
        long queryInput = queryRank > 0 ? queryRank : hidden;
        long up = (queryInput * heads * attention.QueryKeyWidth) + (keyValueRank * heads * (attention.NopeWidth + attention.HeadValueWidth));
        long down = (hidden * queryRank) + (hidden * (keyValueRank + attention.RopeWidth));
        long output = heads * attention.HeadValueWidth * hidden;
        return new PartParameters(up + output, down, 0, queryRank + keyValueRank) + Indexer(hidden, queryRank, attention.Indexer);
    }

    // Every tensor rank scores for itself (general knowledge of trainers with sparse attention), so all of it is copied.
    private static PartParameters Indexer(long hidden, long queryRank, SparseIndexer? indexer) => indexer is { Heads: var heads, HeadWidth: var width }
        ? new(0, (queryRank * heads * width) + (hidden * (width + heads)), 0, 2L * width)
        : default;
}
