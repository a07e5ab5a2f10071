using System.Collections.Immutable;
using MathNet.Numerics.Statistics;

namespace Planner.Calibration;

/// <summary>What constants are worth on runs that did not set them.</summary>
/// <param name="Name">How runs were held out.</param>
/// <param name="Steps">Estimated step of every run with the constants of the other parts.</param>
/// <param name="Values">The constants' values by part.</param>
/// <param name="Mape">Mean absolute error, percent of the measured.</param>
public sealed record HeldOut(string Name, ImmutableArray<double> Steps, ImmutableArray<ImmutableArray<double>> Values, double Mape)
{
    /// <summary>Standard deviation of a constant's value over the parts.</summary>
    public double Spread(int constant)
    {
        var values = Values.Select(part => part[constant]).ToArray();
        if (values.Length < 2 || values.Max() == values.Min()) return 0;
        return values.StandardDeviation();
    }
}

/// <summary>Refits constants on all parts but one, for every part; the harsher of the ways to hold runs out counts.</summary>
internal sealed class CrossValidation(Responses responses)
{
    private readonly StepFit fit = new(responses);
    private readonly ImmutableArray<Folds> ways = Folds.Of(responses.Runs);

    public HeldOut Of(ImmutableArray<TunableConstant> constants) => ways.Select(folds => Of(folds, constants)).MaxBy(held => held.Mape)!;

    private HeldOut Of(Folds folds, ImmutableArray<TunableConstant> constants)
    {
        var steps = new double[responses.Runs.Length];
        var values = ImmutableArray.CreateBuilder<ImmutableArray<double>>();
        foreach (var part in folds.Parts)
        {
            var fitted = fit.Values(constants, [.. Enumerable.Range(0, steps.Length).Except(part)]);
            var estimated = responses.Steps(constants, fitted, part);
            for (var i = 0; i < part.Length; i++) steps[part[i]] = estimated[i];
            values.Add([.. fitted]);
        }

        return new HeldOut(folds.Name, [.. steps], values.ToImmutable(), Errors.Mape(responses.Runs, steps));
    }
}

/// <summary>Errors of estimated steps.</summary>
internal static class Errors
{
    /// <summary>Mean absolute error, percent of the measured.</summary>
    public static double Mape(ImmutableArray<KnownRun> runs, IReadOnlyList<double> steps) => runs.Select((run, i) => Percent(run, steps[i])).Average();

    public static double Percent(KnownRun run, double step) => 100 * Math.Abs((step / run.Measured) - 1);
}
