using System.Collections.Immutable;

namespace Planner.Cost.Models;

public enum LayerKind
{
    Dense,
    Moe,
}

public enum Norm
{
    /// <summary>One vector.</summary>
    Rms,

    /// <summary>Scale and bias.</summary>
    Layer,

    /// <summary>A layer norm without bias: one vector.</summary>
    LayerScale,
}

/// <summary>What is computed: the shape of a language model.</summary>
/// <param name="Name">Name to print.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Vocabulary">Rows of the embedding.</param>
/// <param name="Layers">Kind of every layer, first to last, without multi-token-prediction modules.</param>
/// <param name="Attention">Attention of every layer.</param>
/// <param name="DenseMlp">Feed-forward block of the dense layers; null where there are none.</param>
/// <param name="Moe">Experts of the MoE layers; null where there are none.</param>
/// <param name="MtpModules">Multi-token-prediction modules (0 or 1): one layer of the last kind, a projection of 2 hidden to hidden, three norms; it shares embedding and head.</param>
/// <param name="TiedEmbeddings">Output head and input embedding are one matrix.</param>
/// <param name="LearnedPositions">Rows of a learned position table; 0 where there is none.</param>
/// <param name="Norm">Kind of the layer norms.</param>
public sealed record ModelSpec(
    string Name,
    int Hidden,
    int Vocabulary,
    ImmutableArray<LayerKind> Layers,
    AttentionSpec Attention,
    MlpSpec? DenseMlp,
    MoeSpec? Moe,
    int MtpModules,
    bool TiedEmbeddings,
    int LearnedPositions,
    Norm Norm)
{
    /// <summary>Kind of every layer, first to last, without multi-token-prediction modules.</summary>
    public ImmutableArray<LayerKind> Layers
    {
        get;
        init
        {
            field = value;
            (LeadingDenseLayers, MoeLayers) = (Leading(value), Moes(value));
            Shapes = LayerShapes.Of(value, Window);
        }
    } = Layers;

    /// <summary>Layers whose queries see a part of the sequence only; null where all see all of it.</summary>
    public AttentionWindow? Window
    {
        get;
        init
        {
            field = value;
            Shapes = LayerShapes.Of(Layers, value);
        }
    }

    /// <summary>What the layers are, one by one.</summary>
    public LayerShapes Shapes { get; private init; } = LayerShapes.Of(Layers, null);

    /// <summary>The model on sequences of a length: a window no shorter than the sequence is none.</summary>
    public ModelSpec On(int sequence) => Window is { } window && window.Tokens >= sequence ? this with { Window = null } : this;

    /// <summary>Width of the embedding where a projection takes it to the hidden width and back (OPT-350M); 0 where it is the hidden width.</summary>
    public int EmbeddingWidth { get; init; }

    /// <summary>A norm follows the embedding (BLOOM).</summary>
    public bool EmbeddingNorm { get; init; }

    /// <summary>A norm precedes the output head; false where every layer ends with its own (OPT-350M).</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>Dense layers in front of the first MoE layer (all layers of a dense model).</summary>
    public int LeadingDenseLayers { get; private init; } = Leading(Layers);

    public int MoeLayers { get; private init; } = Moes(Layers);

    /// <summary>Layers from the first MoE layer on; dense ones may lie among them.</summary>
    public int LayersFromFirstMoe => Layers.Length - LeadingDenseLayers;

    /// <summary>Dense layers behind the first MoE layer; above 0 where kinds mix (Llama 4).</summary>
    public int DenseLayersAmongMoe => LayersFromFirstMoe - MoeLayers;

    /// <summary>
    /// Twice the mean number of keys a query sees, averaged over layers: the sequence where all layers see all of it. A causal query sees half
    /// of what it could on average, so attention's FLOPs are those of half this many keys.
    /// </summary>
    public double AttentionContext(int sequence) => Window is { } window
        ? (((Layers.Length - window.Count) * (double)sequence) + (window.Count * window.Context(sequence))) / Layers.Length
        : sequence;

    /// <summary>The same in one layer.</summary>
    public double AttentionContext(LayerShape layer, int sequence) => layer.Windowed ? Window!.Context(sequence) : sequence;

    /// <summary>Kind of the layer inside a multi-token-prediction module.</summary>
    public LayerKind MtpLayerKind => Layers[^1];

    private static int Leading(ImmutableArray<LayerKind> layers) => layers.TakeWhile(kind => kind == LayerKind.Dense).Count();

    private static int Moes(ImmutableArray<LayerKind> layers) => layers.Count(kind => kind == LayerKind.Moe);
}
