using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Stacks;
using Planner.Validation;

namespace Planner.Calibration;

/// <summary>
/// Estimated steps of the runs with other constants. Exact estimates are kept; a table along each constant, the others at their defaults, says between
/// them how the steps move. None of it looks at what was measured, so a table may serve every part of a cross-validation.
/// </summary>
internal sealed class Responses(RunEstimator estimator, StackSpec stack, ImmutableArray<KnownRun> runs)
{
    private static readonly double[] Places = [0, 0.04, 0.08, 0.12, 0.2, 0.3, 0.45, 0.7, 1];

    private readonly ConcurrentDictionary<(int Run, string Values), double> estimated = new();
    private readonly ConcurrentDictionary<string, ResponseTable> tables = new(StringComparer.Ordinal);

    public ImmutableArray<KnownRun> Runs => runs;

    /// <summary>The value that a constant has before any fit.</summary>
    public double Default(TunableConstant constant) => constant.Read(stack);

    /// <summary>Seconds of a step of some runs with constants at values.</summary>
    public double[] Steps(ImmutableArray<TunableConstant> constants, double[] values, ImmutableArray<int> rows)
    {
        var steps = new double[rows.Length];
        Parallel.For(0, rows.Length, i => steps[i] = Step(constants, values, rows[i]));
        return steps;
    }

    /// <summary>How the steps move along a constant.</summary>
    public ResponseTable Along(TunableConstant constant) => tables.GetOrAdd(constant.Path, _ =>
    {
        var (least, most) = Ends(constant);
        double[] coordinates = [.. Places.Select(place => least + (place * (most - least))).Append(constant.Coordinate(Default(constant))).Distinct().Order()];
        ImmutableArray<int> all = [.. Enumerable.Range(0, runs.Length)];
        return new ResponseTable(coordinates, [.. coordinates.Select(x => Steps([constant], [Exact(constant, x)], all))]);
    });

    private static (double Least, double Most) Ends(TunableConstant constant)
    {
        var (one, other) = (constant.Coordinate(constant.Least), constant.Coordinate(constant.Most));
        return (Math.Min(one, other), Math.Max(one, other));
    }

    // Not rounded: the default itself is among them.
    private static double Exact(TunableConstant constant, double coordinate) => constant.IsRate ? 1 / coordinate : coordinate;

    private double Step(ImmutableArray<TunableConstant> constants, double[] values, int row)
    {
        // What does not concern a run leaves its estimate as it is.
        var touching = Enumerable.Range(0, constants.Length).Where(k => constants[k].Rows.Contains(row)).ToArray();
        if (touching.Length == 0) return runs[row].Default.PredictedStep;
        var key = string.Join(';', touching.Select(k => constants[k].Path + "=" + values[k].ToString("R", CultureInfo.InvariantCulture)));
        return estimated.GetOrAdd((row, key), _ =>
        {
            StackSpec Adjusted(StackSpec given)
            {
                foreach (var k in touching) given = constants[k].Write(given, values[k]);
                return given;
            }

            return ((RunEstimated)estimator.Estimate(runs[row].Run, Adjusted)).PredictedStep;
        });
    }
}

/// <summary>Steps of all runs at places along one constant; straight lines between them.</summary>
/// <param name="Coordinates">Ascending.</param>
/// <param name="Steps">Seconds, by place and run.</param>
internal sealed record ResponseTable(double[] Coordinates, double[][] Steps)
{
    public double At(double coordinate, int run)
    {
        var high = Array.BinarySearch(Coordinates, coordinate);
        if (high >= 0) return Steps[high][run];
        high = Math.Clamp(~high, 1, Coordinates.Length - 1);
        var low = high - 1;
        var part = (coordinate - Coordinates[low]) / (Coordinates[high] - Coordinates[low]);
        return Steps[low][run] + (part * (Steps[high][run] - Steps[low][run]));
    }
}
