using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Planning;
using Planner.Search.Experts;

namespace Planner.Plans;

/// <summary>What a plan file says.</summary>
/// <param name="Request">What was asked. Its limit and factors have the file's six digits.</param>
/// <param name="Asked">What the request fixed.</param>
/// <param name="Inputs">Digests of the inputs it was made from.</param>
/// <param name="Pins">The decisions, one value each, but a recompute policy for every one that stages follow.</param>
/// <param name="MicroBatches">Micro-batches.</param>
/// <param name="Stages">Letters of each stage.</param>
/// <param name="Outline">The file's numbers, and the lines its members stand on.</param>
public sealed record SavedPlan(
    PlanRequest Request,
    PlanPins Asked,
    PlanInputs Inputs,
    PlanPins Pins,
    int MicroBatches,
    ImmutableArray<string> Stages,
    JsonOutline Outline)
{
    /// <summary>The recompute policy of each stage where they differ; empty where all follow one.</summary>
    public ImmutableArray<string> StageRecompute { get; init; } = [];

    /// <summary>Experts placed by load; null where they lie in their order.</summary>
    public PlacedExperts? Experts { get; init; }

    /// <summary>Of the file.</summary>
    public required Version SchemaVersion { get; init; }

    /// <summary>Sequences of a step as the decisions have them; another number than the request's batch where somebody edited one of the two.</summary>
    public Int128 Sequences => (Int128)Pins.Data[0] * Pins.MicroBatch[0] * MicroBatches;

    public Degrees Degrees => new(Pins.Data[0], Pins.Tensor[0], Pins.Pipeline[0], Pins.Expert[0], Pins.Context[0], Pins.Virtual[0]);

    /// <summary>The number at a place such as estimate.step_s; null where the file has none there.</summary>
    public double? Number(string path) => Outline.Number(path);

    /// <summary>The line, from 1, that the member at a place such as decisions.degrees stands on; null where the file has none.</summary>
    public int? Line(string path) => Outline.Line(path);
}
