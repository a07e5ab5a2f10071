using System.Globalization;
using Planner.Calibration;

namespace Planner.Reports.Calibration;

/// <summary>A calibration and what came of it.</summary>
/// <param name="Result">The calibration.</param>
/// <param name="Table">Name of the table of runs.</param>
/// <param name="Written">The stack file; null where none is written.</param>
/// <param name="Wanted">A file was asked for.</param>
internal sealed record CalibrationReport(CalibrationResult Result, string Table, string? Written, bool Wanted)
{
    /// <summary>The answer in one sentence.</summary>
    public string Answer => Result switch
    {
        { Fit: null } => Text($"nothing to fit: the defaults are kept ({Reason})"),
        { Better: true, Fit: { } fit } => Text($"calibrated stack: held-out MAPE {fit.HeldOut.Mape:0.0} % against {Result.DefaultMape:0.0} % with the defaults"),
        { Fit: { } fit } when fit.HeldOut.Mape < Result.DefaultMape =>
            Text($"the defaults are kept: held-out MAPE {fit.HeldOut.Mape:0.0} % of the best fit against {Result.DefaultMape:0.0} % with the defaults is no sure gain; {Consequence}"),
        { Fit: { } fit } => Text($"the defaults are better: held-out MAPE {fit.HeldOut.Mape:0.0} % of the best fit against {Result.DefaultMape:0.0} % with the defaults; {Consequence}"),
    };

    private string Reason => Result.Runs.Length < Calibrator.LeastRuns
        ? Text($"{Quantity.Of(Result.Runs.Length, "usable row")}, a fit needs {Calibrator.LeastRuns}")
        : "the rows identify no constant";

    private string Consequence => Written is not null ? "written all the same" : Wanted ? "nothing is written unless --force" : "nothing is worth writing";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
