using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Planner.Calibration;

/// <summary>
/// Values of constants under which the estimated steps of some runs come nearest the measured ones: least mean of Huber's function of the logarithm of
/// estimate over measurement (squares up to ten percent, straight beyond, so that one odd run does not decide).
/// </summary>
/// <remarks>
/// A simplex search on response tables, moved onto exact estimates at its result, and again until the result stays. Deterministic. A constant that the
/// runs do not notice stays at its default.
/// </remarks>
internal sealed class StepFit(Responses responses)
{
    private const double HuberEdge = 0.1;
    private const double Tolerance = 1e-9;
    private const int MostIterations = 5_000;
    private const int MostRounds = 6;
    private const double Settled = 5e-4;

    /// <summary>Values in the order of the constants.</summary>
    public double[] Values(ImmutableArray<TunableConstant> constants, ImmutableArray<int> rows)
    {
        var values = constants.Select(responses.Default).ToArray();
        int[] free = [.. Enumerable.Range(0, constants.Length).Where(k => Identification.Noticed(responses, constants[k], rows))];
        if (free.Length == 0) return values;
        var corrections = Enumerable.Repeat(1.0, rows.Length).ToArray();
        for (var round = 0; round < MostRounds; round++)
        {
            var next = Nearest(constants, free, values, rows, corrections);
            var moved = free.Max(k => Moved(constants[k], values[k], next[k]));
            values = next;
            if (moved < Settled) break;
            var exact = responses.Steps(constants, values, rows);
            for (var i = 0; i < rows.Length; i++) corrections[i] = exact[i] / Tabled(constants, values, rows[i]);
        }

        return values;
    }

    private double[] Nearest(ImmutableArray<TunableConstant> constants, int[] free, double[] start, ImmutableArray<int> rows, double[] corrections)
    {
        var least = free.Select(k => Math.Min(constants[k].Coordinate(constants[k].Least), constants[k].Coordinate(constants[k].Most))).ToArray();
        var range = free.Select(k => Range(constants[k])).ToArray();
        var begin = free.Select((k, j) => (constants[k].Coordinate(start[k]) - least[j]) / range[j]).ToArray();

        // Away from the nearer limit.
        var step = begin.Select(part => part > 0.5 ? -0.05 : 0.05).ToArray();
        var objective = ObjectiveFunction.Value(point => Objective(Spread(point)));
        var result = NelderMeadSimplex.Minimum(objective, Vector<double>.Build.Dense(begin), Vector<double>.Build.Dense(step), Tolerance, MostIterations);
        var found = (double[])start.Clone();
        for (var j = 0; j < free.Length; j++)
            found[free[j]] = constants[free[j]].Value(least[j] + (Math.Clamp(result.MinimizingPoint[j], 0, 1) * range[j]));
        return found;

        (double[] Coordinates, double Outside) Spread(Vector<double> point)
        {
            var coordinates = constants.Select((constant, k) => constant.Coordinate(start[k])).ToArray();
            var outside = 0.0;
            for (var j = 0; j < free.Length; j++)
            {
                var inside = Math.Clamp(point[j], 0, 1);
                outside += Math.Abs(point[j] - inside);
                coordinates[free[j]] = least[j] + (inside * range[j]);
            }

            return (coordinates, outside);
        }

        double Objective((double[] Coordinates, double Outside) at)
        {
            var sum = 0.0;
            for (var i = 0; i < rows.Length; i++)
                sum += Huber(Math.Log(corrections[i] * TabledAt(constants, at.Coordinates, rows[i]) / responses.Runs[rows[i]].Measured));
            return (sum / rows.Length) + at.Outside;
        }
    }

    private double Tabled(ImmutableArray<TunableConstant> constants, double[] values, int row) =>
        TabledAt(constants, [.. constants.Select((constant, k) => constant.Coordinate(values[k]))], row);

    // Each constant moves the step by what it moves it alone; corrections carry the rest.
    private double TabledAt(ImmutableArray<TunableConstant> constants, double[] coordinates, int row)
    {
        var start = responses.Runs[row].Default.PredictedStep;
        var step = start;
        for (var k = 0; k < constants.Length; k++) step += responses.Along(constants[k]).At(coordinates[k], row) - start;
        return Math.Max(step, 0.01 * start);
    }

    private static double Moved(TunableConstant constant, double from, double to) =>
        Math.Abs(constant.Coordinate(from) - constant.Coordinate(to)) / Range(constant);

    private static double Range(TunableConstant constant) => Math.Abs(constant.Coordinate(constant.Most) - constant.Coordinate(constant.Least));

    private static double Huber(double error) => Math.Abs(error) is var size && size <= HuberEdge ? size * size / 2 : HuberEdge * (size - (HuberEdge / 2));
}
