using System.Collections.Immutable;

namespace Planner.Search.Experts;

/// <summary>Weight of the pairs of a layer.</summary>
/// <param name="All">All pairs.</param>
/// <param name="Before">Those between nodes when only loads count.</param>
/// <param name="After">Those between nodes.</param>
public sealed record PairTraffic(double All, double Before, double After);

/// <summary>Experts of one MoE layer, placed.</summary>
/// <param name="Layer">Layer of the model.</param>
/// <param name="Ranks">Experts of each expert-parallel rank, ascending; copies repeat.</param>
/// <param name="Shares">Share of the layer's load on each rank; empty where a plan file gives the placement and nothing the loads.</param>
/// <param name="Factor">Load of the hottest rank over the mean rank.</param>
/// <param name="Bound">The same, below every placement that keeps the shape.</param>
/// <param name="Contiguous">The same with experts in their order and without copies.</param>
public sealed record PlacedLayer(
    int Layer,
    ImmutableArray<ImmutableArray<int>> Ranks,
    ImmutableArray<double> Shares,
    double Factor,
    double Bound,
    double Contiguous)
{
    /// <summary>Share of the hottest rank that is not worth proving.</summary>
    public const double Within = 0.001;

    /// <summary>What the placement does for pairs; null where nobody counted them.</summary>
    public PairTraffic? Pairs { get; init; }

    /// <summary>The hottest rank is within 0.1 % of the bound.</summary>
    public bool Proven => Factor <= Bound * (1 + Within);
}

/// <summary>Experts of every MoE layer, placed on so many ranks.</summary>
/// <param name="Shape">What was kept.</param>
/// <param name="Layers">Layers, first to last.</param>
public sealed record PlacedExperts(ExpertShape Shape, ImmutableArray<PlacedLayer> Layers)
{
    /// <summary>Factor, mean over the layers: what a layer of the estimate takes.</summary>
    public double Mean { get; } = Layers.Average(layer => layer.Factor);

    /// <summary>Largest factor.</summary>
    public double Worst { get; } = Layers.Max(layer => layer.Factor);

    /// <summary>Mean over the layers of what no placement beats.</summary>
    public double MeanBound { get; } = Layers.Average(layer => layer.Bound);

    /// <summary>Factor of experts in their order, mean over the layers.</summary>
    public double MeanContiguous { get; } = Layers.Average(layer => layer.Contiguous);

    /// <summary>And its largest.</summary>
    public double WorstContiguous { get; } = Layers.Max(layer => layer.Contiguous);

    /// <summary>Layers whose hottest rank is within 0.1 % of the bound.</summary>
    public int ProvenLayers { get; } = Layers.Count(layer => layer.Proven);
}
