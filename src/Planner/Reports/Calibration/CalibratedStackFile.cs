using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Planner.Calibration;
using Planner.Cost.Units;
using Planner.Plans;

namespace Planner.Reports.Calibration;

/// <summary>A stack file of the fitted constants only; everything else is that of its base.</summary>
internal static class CalibratedStackFile
{
    private const int MostModels = 4;

    /// <summary>The text of the file.</summary>
    /// <param name="result">The calibration.</param>
    /// <param name="fit">Its constants.</param>
    /// <param name="table">Name of the table of runs.</param>
    /// <param name="based">Name or path of the stack that it started from.</param>
    public static string Write(CalibrationResult result, FittedStack fit, string table, string based)
    {
        var source = Source(result, fit, table);
        return PlanJson.Object(json =>
        {
            json.WriteString("description", Text($"Calibrated from {result.Stack.Name} on {result.Runs.Length} runs of {table}."));
            json.WriteString("base", based);
            Members(json, [.. fit.Fields.Select(field => (field.Path.Split('.'), field))], 0, source);
        });
    }

    private static void Members(Utf8JsonWriter json, ImmutableArray<(string[] Path, StackField Field)> fields, int depth, string source)
    {
        foreach (var group in fields.GroupBy(field => field.Path[depth]))
        {
            if (group.First() is var (path, field) && path.Length == depth + 1)
            {
                json.Object(group.Key, triple =>
                {
                    triple.WriteNumber("value", field.Value);
                    triple.WriteString("kind", KindWord(field.Kind));
                    triple.WriteString("source", field.Source ?? source);
                });
            }
            else
            {
                json.Object(group.Key, inner => Members(inner, [.. group], depth + 1, source));
            }
        }
    }

    /// <summary>The word of a file for where a number is from.</summary>
    public static string KindWord(SourceKind kind) => kind switch
    {
        SourceKind.Measured => "measured",
        SourceKind.Fitted => "fitted",
        SourceKind.DataSheet => "data_sheet",
        SourceKind.Derived => "derived",
        SourceKind.Assumed => "assumed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a source without a word"),
    };

    private static string Source(CalibrationResult result, FittedStack fit, string table)
    {
        var models = result.Models.Select(model => model.Model).ToList();
        var named = string.Join(", ", models.Take(MostModels)) + (models.Count > MostModels ? Text($" and {models.Count - MostModels} more") : "");
        return Text($"planner calibrate on {result.Runs.Length} runs of {table} (models {named}), held-out error {fit.HeldOut.Mape:0.0} %");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
