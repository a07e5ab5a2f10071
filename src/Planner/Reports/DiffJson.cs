using System.Text.Json;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>What tells one plan from another, for programs.</summary>
internal static class DiffJson
{
    /// <summary>A new key raises the minor version, a changed meaning the major one.</summary>
    public const string SchemaVersion = "1.0";

    /// <param name="diff">Difference.</param>
    /// <param name="was">What the old plan is called.</param>
    /// <param name="now">What the new plan is called.</param>
    public static string Write(PlanDiff diff, string was, string now) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", SchemaVersion);
        json.WriteString("was", was);
        json.WriteString("now", now);
        json.WriteBoolean("different", diff.Any);
        json.Rows("decisions", diff.Decisions, Field);
        json.Rows("stages", diff.Stages, Stage);
        json.Rows("experts", diff.Experts, Experts);
        json.Rows("metrics", diff.Metrics, Metric);
        json.Rows("inputs", diff.Inputs, Field);
    });

    private static void Field(Utf8JsonWriter row, FieldChange change)
    {
        row.WriteString("path", change.Path);
        Raw(row, "was", change.Was);
        Raw(row, "now", change.Now);
    }

    private static void Raw(Utf8JsonWriter row, string key, string? json)
    {
        row.WritePropertyName(key);
        row.WriteRawValue(json ?? "null");
    }

    private static void Stage(Utf8JsonWriter row, StageChange change)
    {
        row.WriteNumber("stage", change.Stage);
        row.WriteString("was", change.Was);
        row.WriteString("now", change.Now);
        row.Numbers("gained_layers", change.Gained);
        row.Numbers("lost_layers", change.Lost);
        row.WriteString("recompute_was", change.RecomputeWas);
        row.WriteString("recompute_now", change.RecomputeNow);
    }

    private static void Experts(Utf8JsonWriter row, ExpertChange change)
    {
        row.WriteNumber("layer", change.Layer);
        row.WriteStartArray("moves");
        foreach (var move in change.Moves)
        {
            row.WriteStartObject();
            row.WriteNumber("expert", move.Expert);
            row.Numbers("was_ranks", move.Was);
            row.Numbers("now_ranks", move.Now);
            row.WriteEndObject();
        }

        row.WriteEndArray();
    }

    private static void Metric(Utf8JsonWriter row, MetricChange change)
    {
        row.WriteString("metric", change.Metric.Name);
        row.WriteString("path", change.Metric.Path);
        row.WriteString("unit", change.Metric.Unit);
        Number(row, "was", change.Was);
        Number(row, "now", change.Now);
        Number(row, "change", change.Difference);
        Number(row, "change_percent", change.Share * 100);
        row.WriteString("verdict", DiffWords.Verdict(change).Replace(' ', '_'));
    }

    private static void Number(Utf8JsonWriter row, string key, double? value)
    {
        if (value is { } number) row.Rounded(key, number);
        else row.WriteNull(key);
    }

    private static void Numbers(this Utf8JsonWriter row, string key, IEnumerable<int> values)
    {
        row.WriteStartArray(key);
        foreach (var value in values) row.WriteNumberValue(value);
        row.WriteEndArray();
    }
}
