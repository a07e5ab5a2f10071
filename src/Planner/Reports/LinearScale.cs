using System.Collections.Immutable;

namespace Planner.Reports;

/// <summary>A linear axis between round numbers, in pixels from First to Last.</summary>
/// <param name="Least">At First.</param>
/// <param name="Most">At Last.</param>
/// <param name="Step">Between two ticks.</param>
/// <param name="First">Pixels.</param>
/// <param name="Last">Pixels.</param>
internal sealed record LinearScale(double Least, double Most, double Step, double First, double Last)
{
    private const int MostTicks = 8;

    public ImmutableArray<double> Ticks =>
        [.. Enumerable.Range(0, (int)Math.Round((Most - Least) / Step) + 1).Select(i => Math.Round(Least + (i * Step), 9))];

    /// <summary>The least scale of round ticks that holds the values.</summary>
    public static LinearScale Over(double least, double most, double first, double last)
    {
        var span = Math.Max(most - least, Math.Max(1e-9, Math.Abs(most) * 1e-3));
        var step = Math.Pow(10, Math.Floor(Math.Log10(span / MostTicks)));
        foreach (var factor in (double[])[1, 2, 5, 10])
        {
            if (span / (step * factor) > MostTicks) continue;
            step *= factor;
            break;
        }

        var low = Math.Floor(least / step) * step;
        return new LinearScale(low, Math.Max(low + step, Math.Ceiling(most / step) * step), step, first, last);
    }

    public double At(double value) => First + ((value - Least) / (Most - Least) * (Last - First));
}
