using System.Text.Json;
using Planner.Plans;

namespace Planner.Gates;

/// <summary>The result as one JSON object; data/schema/check.schema.json describes it.</summary>
internal static class CheckJson
{
    private const string SchemaVersion = "1.0";

    public static string Write(CheckResult result) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", SchemaVersion);
        json.WriteString("verdict", GateWords.Of(result.Verdict));
        json.WriteStartArray("plans");
        foreach (var plan in result.Plans)
        {
            json.WriteStartObject();
            json.WriteString("path", plan.Plan.Path);
            json.WriteString("verdict", GateWords.Of(plan.Verdict));
            json.WriteBoolean("infeasible", plan.Infeasible);
            json.WriteBoolean("updated", plan.Update is not null);
            json.Rows("rules", plan.Rules, (row, rule) => Rule(row, rule, plan));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Rows("unreadable", result.Unreadable, (row, file) =>
        {
            row.WriteString("path", file.Path);
            row.WriteString("message", file.Message);
        });
    });

    private static void Rule(Utf8JsonWriter json, RuleResult rule, PlanCheck plan)
    {
        json.WriteString("metric", rule.Metric);
        json.WriteString("rule", rule.Rule);
        json.WriteString("level", GateWords.Of(rule.Level));
        json.WriteBoolean("passed", rule.Passed);
        Value("expected", rule.ExpectedNumber, rule.Expected);
        Value("actual", rule.ActualNumber, rule.Found);
        if (rule.Change is { } change) json.Rounded("change", change);
        else json.WriteNull("change");
        json.WriteNumber("line", plan.Line(rule));
        json.WriteString("message", rule.Why);

        void Value(string key, double? number, string text)
        {
            if (number is { } value) json.Rounded(key, value);
            else json.WriteString(key, text);
        }
    }
}
