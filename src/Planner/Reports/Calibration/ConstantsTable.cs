using System.Globalization;
using Planner.Calibration;

namespace Planner.Reports.Calibration;

/// <summary>What became of every constant, one a row.</summary>
internal static class ConstantsTable
{
    private const string Header = "path,before,after,spread,was,kind,bought_points,bought_error,reason";

    public static string Text(CalibrationResult result)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var csv = new CsvTable(writer, Header))
        {
            foreach (var constant in result.Constants)
            {
                csv.Cell(constant.Path).Cell(constant.Before).Cell(constant.After).Cell(constant.Spread)
                    .Cell(constant.BeforeKind is { } kind ? CalibratedStackFile.KindWord(kind) : "").Cell(constant.Kept ? "fitted" : "default")
                    .Cell(constant.Bought).Cell(constant.BoughtError).Cell(constant.Reason)
                    .End();
            }
        }

        return writer.ToString();
    }
}
