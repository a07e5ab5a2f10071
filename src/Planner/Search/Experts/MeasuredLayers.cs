using System.Collections.Immutable;

namespace Planner.Search.Experts;

/// <summary>What was measured of one MoE layer.</summary>
/// <param name="Layer">Layer of the model.</param>
/// <param name="Loads">Load of every expert; not all zero.</param>
/// <param name="Pairs">How often two experts serve the same token; empty where nobody counted.</param>
internal sealed record MeasuredLayer(int Layer, ImmutableArray<double> Loads, ImmutableArray<ExpertPair> Pairs);

/// <summary>All layers that were measured, first to last.</summary>
internal sealed record MeasuredLayers(ImmutableArray<MeasuredLayer> Layers)
{
    public static MeasuredLayers Of(ImmutableSortedDictionary<int, ImmutableArray<double>> loads) =>
        new([.. loads.Select(layer => new MeasuredLayer(layer.Key, layer.Value, []))]);

    /// <summary>The same with pairs; layers without them have none.</summary>
    public MeasuredLayers With(IReadOnlyDictionary<int, ImmutableArray<ExpertPair>> pairs) =>
        new([.. Layers.Select(layer => layer with { Pairs = pairs.GetValueOrDefault(layer.Layer, []) })]);
}
