using System.Globalization;
using Planner.Calibration;

namespace Planner.Reports.Calibration;

/// <summary>A calibration for people: the answer, the constants, errors by model, rows left out.</summary>
internal static class CalibrationText
{
    private const int MostModels = 12;
    private const int MostReasons = 12;
    private const string None = "-";

    public static string Write(CalibrationReport report)
    {
        var result = report.Result;
        var lines = new TextLines();
        lines.Paragraph(report.Answer).Line();
        lines.Sentence("runs", Text($"{result.Runs.Length} of {Quantity.Of(result.Rows, "row")} of {report.Table}; stack {result.Stack.Name}"));
        lines.Sentence("rule", Rule(result));
        var tried = result.Constants.Where(constant => constant.After is not null).ToList();
        if (tried.Count > 0) lines.Line().Table("constant", Constants(tried), column => column is > 0 and < 6);
        Reasons(lines, result);
        Notes(lines, result);
        if (result.Runs.Length > 0) lines.Line().Table("errors", Models(result), column => column > 0);
        if (result.LeftOut.Length > 0) LeftOut(lines.Line(), result);
        if (report.Written is not null) lines.Line().Sentence("written", Text($"{report.Written}; use it with --stack {report.Written}"));
        return lines.ToString();
    }

    private static string Rule(CalibrationResult result)
    {
        var held = result.Fit is { } fit ? Text($"; held out: {fit.HeldOut.Name}") : "";
        return Text($"at most {Quantity.Of(result.Supported, "constant")} for so many rows (1 from {Calibrator.LeastRuns} on, 1 more every {Calibrator.RunsAConstant}), each if it takes {Calibrator.Margin} points and {Calibrator.MarginErrors} standard errors off the held-out error{held}");
    }

    private static List<string[]> Constants(IEnumerable<ConstantOutcome> tried)
    {
        List<string[]> rows = [["", "before", "after", "spread", "buys", "+-", "kind"]];
        rows.AddRange(tried.Select(constant => new[]
        {
            constant.Path,
            Quantity.Short(constant.Before),
            Quantity.Short(constant.After!.Value),
            constant.Spread is { } spread ? Quantity.Number(spread, 2) : None,
            constant.Bought is { } bought ? Signed(bought) : None,
            Fixed(constant.BoughtError),
            constant.Kept ? "fitted" : "dropped",
        }));
        return rows;
    }

    private static void Reasons(TextLines lines, CalibrationResult result)
    {
        var dropped = result.Constants.Where(constant => !constant.Kept).ToList();
        if (dropped.Count > 0) lines.Line();
        foreach (var (constant, i) in dropped.Select((constant, i) => (constant, i)))
            lines.Sentence(i == 0 ? "default" : "", $"{constant.Path}: {constant.Reason}");
    }

    private static void Notes(TextLines lines, CalibrationResult result)
    {
        foreach (var far in result.Constants.Where(constant => constant.Far))
            lines.Sentence("note", $"{far.Path} lies far from its default: it stands in for something that the model lacks or the rows do not say; trust it for runs like these only");
    }

    private static List<string[]> Models(CalibrationResult result)
    {
        List<string[]> rows = [["MAPE by model, %", "rows", "before", "after", "held out"]];
        var models = result.Models;
        rows.AddRange(models.Take(MostModels).Select(model => Row(model.Model, model.Rows, model.Before, model.After, model.HeldOut)));
        if (models.Length > MostModels)
        {
            var rest = models.Skip(MostModels).ToList();
            var count = rest.Sum(model => model.Rows);
            rows.Add(Row(
                Text($"{rest.Count} other models"),
                count,
                rest.Sum(model => model.Rows * model.Before) / count,
                rest.Sum(model => model.Rows * model.After) / count,
                rest.Sum(model => model.Rows * model.HeldOut) / count));
        }

        rows.Add(Row("all", result.Runs.Length, result.DefaultMape, result.Fit?.Mape, result.Fit?.HeldOut.Mape));
        return rows;
    }

    private static string[] Row(string name, int rows, double before, double? after, double? heldOut) =>
        [name, rows.ToString(CultureInfo.InvariantCulture), Fixed(before), Fixed(after), Fixed(heldOut)];

    private static void LeftOut(TextLines lines, CalibrationResult result)
    {
        var reasons = result.LeftOut.GroupBy(row => row.Reason).OrderByDescending(group => group.Count()).ToList();
        foreach (var (group, i) in reasons.Take(MostReasons).Select((group, i) => (group, i)))
            lines.Sentence(i == 0 ? "left out" : "", $"{Quantity.Of(group.Count(), "row")} ({group.First().Id}{(group.Count() > 1 ? ", ..." : "")}): {group.Key}");
        var rest = reasons.Skip(MostReasons).ToList();
        if (rest.Count > 0)
            lines.Sentence("", $"{Quantity.Of(rest.Sum(group => group.Count()), "row")} for {Quantity.Of(rest.Count, "other reason")}; --format json lists every row");
    }

    private static string Fixed(double? value) => value is { } number ? Quantity.Fixed(number, 1) : None;

    private static string Signed(double value) => (value < 0 ? "" : "+") + Quantity.Fixed(value, 1);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
