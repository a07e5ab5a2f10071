using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Validation;

/// <summary>What became of a row.</summary>
public abstract record RunResult(MeasuredRun Run);

/// <summary>A row with its estimate.</summary>
/// <param name="Run">The row.</param>
/// <param name="Stack">Stack.</param>
/// <param name="Layout">Degrees and choices.</param>
/// <param name="Placement">Layers on stages.</param>
/// <param name="Tokens">Tokens of a step.</param>
/// <param name="Estimate">Estimate.</param>
/// <param name="Memory">Memory of the fullest GPU as the row's figure counts it.</param>
/// <param name="Defaulted">Inputs that the row leaves open, as name=value.</param>
public sealed record RunEstimated(
    MeasuredRun Run,
    string Stack,
    LayoutSpec Layout,
    TrainerPlacement Placement,
    double Tokens,
    Estimate Estimate,
    Bytes Memory,
    ImmutableArray<string> Defaulted) : RunResult(Run)
{
    public double PredictedStep => Estimate.Step.Value;

    /// <summary>Signed error of the step, percent of the measured; null without a measured step.</summary>
    public double? StepError => Run.StepSeconds is { } measured ? 100 * ((PredictedStep / measured) - 1) : null;

    /// <summary>Likewise of the memory.</summary>
    public double? MemoryError => Run.MemoryGib is { } measured ? 100 * ((Memory.Gib / measured) - 1) : null;
}

/// <summary>A row that is not estimated.</summary>
public sealed record RunSkipped(MeasuredRun Run, string Reason) : RunResult(Run);
