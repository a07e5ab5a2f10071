namespace Planner.Cost.Models;

/// <summary>The attention of every layer of a model.</summary>
public abstract record AttentionSpec(int Heads)
{
    /// <summary>Width of a head in the query-key product.</summary>
    public abstract int QueryKeyWidth { get; }

    /// <summary>Width of a head in the score-value product.</summary>
    public abstract int ValueWidth { get; }
}

/// <summary>Multi-head (KeyValueHeads = Heads) and grouped-query attention.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key-value heads; divides Heads.</param>
/// <param name="HeadWidth">Width of a head; not always hidden / heads.</param>
/// <param name="QueryKeyValueBias">The three input projections carry a bias.</param>
/// <param name="OutputBias">The output projection carries a bias.</param>
/// <param name="QueryKeyNorm">A norm per head on queries and keys (two vectors of HeadWidth).</param>
/// <param name="Rotary">Positions are rotary; false where they are learned.</param>
public sealed record GroupedQueryAttention(
    int Heads,
    int KeyValueHeads,
    int HeadWidth,
    bool QueryKeyValueBias,
    bool OutputBias,
    bool QueryKeyNorm,
    bool Rotary) : AttentionSpec(Heads)
{
    /// <summary>A learned number a head takes part in the softmax (gpt-oss).</summary>
    public bool Sinks { get; init; }

    public override int QueryKeyWidth => HeadWidth;

    public override int ValueWidth => HeadWidth;
}

/// <summary>Multi-head latent attention (DeepSeek V2, V3; Kimi K2).</summary>
/// <param name="Heads">Heads.</param>
/// <param name="QueryRank">Rank of the query latent; 0 where queries are projected directly (V2-Lite).</param>
/// <param name="KeyValueRank">Rank of the joint key-value latent.</param>
/// <param name="NopeWidth">Part of a query-key head without position.</param>
/// <param name="RopeWidth">Part of a query-key head with rotary position; the key part is shared by all heads.</param>
/// <param name="HeadValueWidth">Width of a value head.</param>
public sealed record LatentAttention(
    int Heads,
    int QueryRank,
    int KeyValueRank,
    int NopeWidth,
    int RopeWidth,
    int HeadValueWidth) : AttentionSpec(Heads)
{
    /// <summary>The light scorer that picks the keys of sparse attention; null where every key is seen.</summary>
    public SparseIndexer? Indexer { get; init; }

    public override int QueryKeyWidth => NopeWidth + RopeWidth;

    public override int ValueWidth => HeadValueWidth;
}

/// <summary>Scores keys for sparse attention with heads that share one key (DeepSeek V3.2, GLM-5).</summary>
/// <param name="Heads">Heads of the scorer.</param>
/// <param name="HeadWidth">Width of such a head.</param>
/// <param name="TopK">Keys a query keeps.</param>
public sealed record SparseIndexer(int Heads, int HeadWidth, int TopK);
