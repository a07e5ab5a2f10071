using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Search.Experts;

namespace Planner.Plans;

/// <summary>What a plan file says about its request and its decisions; the numbers in it are for reading, not for computing.</summary>
/// <param name="Model">As in the request.</param>
/// <param name="Hardware">As in the request.</param>
/// <param name="Stack">As in the request.</param>
/// <param name="Gpus">GPUs of the cluster; the decisions' product, unless nodes are excluded or kept back.</param>
/// <param name="SequenceLength">Tokens a sequence.</param>
/// <param name="GlobalBatch">Sequences a step.</param>
/// <param name="Precision">Of the linear layers.</param>
/// <param name="MemoryLimit">Of one GPU.</param>
/// <param name="LoadFactor">Busiest expert rank over mean; null where the file leaves it to the stack.</param>
/// <param name="Tokens">Tokens of the run; null where the file has none.</param>
/// <param name="Extrapolate">Layouts beyond the measured tables were allowed.</param>
/// <param name="Pins">The decisions, one value each.</param>
/// <param name="MicroBatches">Micro-batches.</param>
/// <param name="Stages">Letters of each stage.</param>
public sealed record SavedPlan(
    string Model,
    string Hardware,
    string Stack,
    int Gpus,
    int SequenceLength,
    int GlobalBatch,
    Precision Precision,
    Bytes MemoryLimit,
    double? LoadFactor,
    double? Tokens,
    bool Extrapolate,
    PlanPins Pins,
    int MicroBatches,
    ImmutableArray<string> Stages)
{
    /// <summary>What is trained.</summary>
    public Trainable Trainable { get; init; }

    /// <summary>The recompute policy of each stage where they differ; empty where all follow one.</summary>
    public ImmutableArray<string> StageRecompute { get; init; } = [];

    /// <summary>Nodes of the cluster that no rank may be on.</summary>
    public NodeLimits Nodes { get; init; } = NodeLimits.None;

    /// <summary>Experts placed by load; null where they lie in their order.</summary>
    public PlacedExperts? Experts { get; init; }
}
