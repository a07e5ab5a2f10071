using System.Collections.Immutable;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Validation;

namespace Planner.Calibration;

/// <summary>What became of a constant.</summary>
/// <param name="Path">Its place in a stack file.</param>
/// <param name="Before">Value in the stack that the calibration started from.</param>
/// <param name="BeforeKind">Where that is from; null where the stack does not say it.</param>
/// <param name="After">Fitted; null where it was not tried.</param>
/// <param name="Spread">Standard deviation of the value over the parts of the cross-validation; null likewise.</param>
/// <param name="Bought">Points of held-out error that it took away when it joined; null likewise.</param>
/// <param name="BoughtError">Standard error of those points over the runs; null likewise.</param>
/// <param name="Reason">Why it is left at its default; null where it is kept.</param>
public sealed record ConstantOutcome(
    string Path, double Before, SourceKind? BeforeKind, double? After, double? Spread, double? Bought, double? BoughtError, string? Reason)
{
    // A rate or a share that moves so far stands in for something else.
    private const double FarFactor = 2;

    public bool Kept => Reason is null;

    /// <summary>Kept at less than half or more than twice its default.</summary>
    public bool Far => Kept && Before > 0 && After is { } after && (after > FarFactor * Before || after < Before / FarFactor);
}

/// <summary>Errors of one model's runs, mean absolute percent of the measured step.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Rows">Its runs.</param>
/// <param name="Before">With the stack unchanged.</param>
/// <param name="After">With the fit to all runs.</param>
/// <param name="HeldOut">With fits to other runs.</param>
public sealed record ModelErrors(string Model, int Rows, double Before, double? After, double? HeldOut);

/// <summary>Constants fitted together.</summary>
/// <param name="Fields">What a stack file says of them.</param>
/// <param name="Steps">Estimated steps of the runs with the fit to all of them.</param>
/// <param name="Mape">Their mean absolute error.</param>
/// <param name="HeldOut">On runs that did not set them.</param>
public sealed record FittedStack(ImmutableArray<StackField> Fields, ImmutableArray<double> Steps, double Mape, HeldOut HeldOut);

/// <summary>A calibration.</summary>
/// <param name="Stack">The stack it started from.</param>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Runs">Those that it learned from.</param>
/// <param name="LeftOut">All others, with the reason.</param>
/// <param name="Supported">Constants that so many runs support.</param>
/// <param name="Constants">What became of each constant, in the order tried.</param>
/// <param name="DefaultMape">Error with the stack unchanged.</param>
/// <param name="Fit">The constants that are worth keeping together, else the best attempt; null where nothing could be tried.</param>
/// <param name="Better">The fit beats the defaults on held-out runs by the margin.</param>
public sealed record CalibrationResult(
    StackSpec Stack,
    int Rows,
    ImmutableArray<KnownRun> Runs,
    ImmutableArray<SkippedRow> LeftOut,
    int Supported,
    ImmutableArray<ConstantOutcome> Constants,
    double DefaultMape,
    FittedStack? Fit,
    bool Better)
{
    /// <summary>Errors by model, in order of the table.</summary>
    public ImmutableArray<ModelErrors> Models =>
    [
        .. Enumerable.Range(0, Runs.Length).GroupBy(i => Runs[i].Run.Model, StringComparer.Ordinal).Select(group => new ModelErrors(
            group.Key,
            group.Count(),
            group.Average(i => Errors.Percent(Runs[i], Runs[i].Default.PredictedStep)),
            Fit is null ? null : group.Average(i => Errors.Percent(Runs[i], Fit.Steps[i])),
            Fit is null ? null : group.Average(i => Errors.Percent(Runs[i], Fit.HeldOut.Steps[i])))),
    ];
}
