using System.Text.Json;
using Planner.Plans;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>A validation as one JSON object: scores, skipped rows, points. Errors in percent.</summary>
internal static class ValidationJson
{
    private const string SchemaVersion = "1.0";

    public static string Write(ValidationResult result) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", SchemaVersion);
        json.WriteNumber("rows", result.Rows);
        json.WriteNumber("scored", result.Points.Length);
        json.Rows("skipped", result.Skipped, (line, row) =>
        {
            line.WriteString("id", row.Id);
            line.WriteString("reason", row.Reason);
        });
        json.Object("overall", overall => Members(overall, "family", result.Scores.Overall));
        json.Rows("families", result.Scores.Families, (line, score) => Members(line, "family", score));
        json.Rows("confidence", result.Scores.Confidence, (line, score) => Members(line, "confidence", score));
        json.Rows("points", result.Points, Point);
    });

    private static void Members(Utf8JsonWriter json, string key, Score score)
    {
        json.WriteString(key, score.Name);
        json.WriteNumber("rows", score.Rows);
        Number(json, "mape", score.Mape);
        Number(json, "median_ape", score.MedianApe);
        Number(json, "bias", score.Bias);
        Number(json, "max_ape", score.MaxApe);
        Number(json, "spearman", score.Spearman);
        Number(json, "regret", score.Regret);
        json.WriteNumber("memory_rows", score.MemoryRows);
        Number(json, "memory_mape", score.MemoryMape);
        Number(json, "memory_max", score.MemoryMax);
    }

    private static void Point(Utf8JsonWriter json, RunEstimated point)
    {
        foreach (var field in PointFields.All)
        {
            switch (field.Of(point))
            {
                case int count:
                    json.WriteNumber(field.Name, count);
                    break;
                case double number:
                    json.Rounded(field.Name, number);
                    break;
                case string text:
                    json.WriteString(field.Name, text);
                    break;
                default:
                    json.WriteNull(field.Name);
                    break;
            }
        }
    }

    private static void Number(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } number) json.Rounded(key, number);
        else json.WriteNull(key);
    }
}
