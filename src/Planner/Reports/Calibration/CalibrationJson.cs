using System.Text.Json;
using Planner.Plans;

namespace Planner.Reports.Calibration;

/// <summary>A calibration as one JSON object. Errors in percent, gains in points.</summary>
internal static class CalibrationJson
{
    private const string SchemaVersion = "1.0";

    public static string Write(CalibrationReport report) => PlanJson.Object(json =>
    {
        var result = report.Result;
        json.WriteString("schema_version", SchemaVersion);
        json.WriteString("answer", report.Answer);
        json.WriteString("table", report.Table);
        json.WriteString("stack", result.Stack.Name);
        json.WriteNumber("rows", result.Rows);
        json.WriteNumber("runs", result.Runs.Length);
        json.WriteNumber("supported", result.Supported);
        json.WriteBoolean("better", result.Better);
        Text(json, "held_out_by", result.Fit?.HeldOut.Name);
        Number(json, "mape_before", result.Runs.Length > 0 ? result.DefaultMape : null);
        Number(json, "mape_after", result.Fit?.Mape);
        Number(json, "mape_held_out", result.Fit?.HeldOut.Mape);
        Text(json, "written", report.Written);
        json.Rows("constants", result.Constants, (line, constant) =>
        {
            line.WriteString("path", constant.Path);
            line.Rounded("before", constant.Before);
            Number(line, "after", constant.After);
            Number(line, "spread", constant.Spread);
            Text(line, "was", constant.BeforeKind is { } kind ? CalibratedStackFile.KindWord(kind) : null);
            Number(line, "bought", constant.Bought);
            Number(line, "bought_error", constant.BoughtError);
            line.WriteBoolean("kept", constant.Kept);
            Text(line, "reason", constant.Reason);
        });
        json.Rows("models", result.Models, (line, model) =>
        {
            line.WriteString("model", model.Model);
            line.WriteNumber("rows", model.Rows);
            line.Rounded("mape_before", model.Before);
            Number(line, "mape_after", model.After);
            Number(line, "mape_held_out", model.HeldOut);
        });
        json.Rows("left_out", result.LeftOut, (line, row) =>
        {
            line.WriteString("id", row.Id);
            line.WriteString("reason", row.Reason);
        });
    });

    private static void Number(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } number) json.Rounded(key, number);
        else json.WriteNull(key);
    }

    private static void Text(Utf8JsonWriter json, string key, string? value)
    {
        if (value is null) json.WriteNull(key);
        else json.WriteString(key, value);
    }
}
