using Planner.Cost.Hardware;
using Planner.Cost.Traffic;

namespace Planner.Cost;

/// <summary>What a step trains on.</summary>
/// <param name="SequenceLength">Tokens a sequence.</param>
/// <param name="GlobalBatch">Sequences a step.</param>
/// <param name="Precision">Of the linear layers.</param>
/// <param name="LoadFactor">Rows of the busiest expert rank over the mean; null takes the stack's curve, or 1 where it has none.</param>
public sealed record Workload(int SequenceLength, int GlobalBatch, Precision Precision, double? LoadFactor)
{
    /// <summary>What is trained.</summary>
    public Trainable Trainable { get; init; }

    /// <summary>Measured load of the expert ranks; takes the place of <see cref="LoadFactor"/>. Null where nothing was measured.</summary>
    public IExpertLoads? Experts { get; init; }

    /// <summary>Copies of routed experts beyond the first, in all: more experts a rank, fewer tokens on the hottest.</summary>
    public int ExtraExperts { get; init; }
}

/// <summary>Which parameters have gradients.</summary>
public enum Trainable
{
    /// <summary>All.</summary>
    All,

    /// <summary>Low-rank adapters of rank 16 beside the attention's projections; the weights themselves are frozen.</summary>
    Lora,
}
