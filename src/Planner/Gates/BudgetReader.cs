using Planner.Inputs;
using Planner.Inputs.Json;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Gates;

/// <summary>Reads a budget file; data/schema/budget.schema.json describes it.</summary>
internal static class BudgetReader
{
    private const int SchemaMajor = 1;

    /// <summary>Reads a file; throws <see cref="InputException"/>.</summary>
    public static Budget Read(string path) => Read(InputText.Read(path));

    public static Budget Read(InputText text)
    {
        var fields = JsonFields.Of(JsonFile.Parse(text));
        CheckVersion(fields);
        fields.OptionalText("$schema");
        fields.OptionalText("description");
        var rules = fields.Array("rules");
        fields.RefuseOthers();
        if (rules.IsEmpty) throw fields.ErrorAt("rules", "rules is empty; without a budget file the default rules hold");
        return new Budget(text.Name, [.. rules.Select((item, index) => Rule(JsonFields.Of(fields.File, item, FormattableString.Invariant($"rules[{index}]"))))]);
    }

    private static void CheckVersion(JsonFields fields)
    {
        if (fields.OptionalText("schema_version") is not { } version) return;
        var major = version.Split('.')[0];
        if (major != PlanWords.Of(SchemaMajor))
            throw fields.ErrorAt("schema_version", $"schema_version {OneLine.Quote(version)} is not one that this planner reads; allowed: 1.x");
    }

    private static BudgetRule Rule(JsonFields fields)
    {
        var plans = fields.OptionalText("plans");
        var metric = Metric(fields);
        var level = Level(fields);
        fields.OptionalText("reason");
        var (max, min, equals) = (Number(fields, "max"), Number(fields, "min"), Number(fields, "equals"));
        var (percent, amount) = (Number(fields, "max_increase_percent"), Number(fields, "max_increase"));
        fields.RefuseOthers();
        if (plans is { Length: 0 }) throw fields.ErrorAt("plans", $"{fields.PathOf("plans")} is empty; give a pattern such as plans/*.json, or leave it out for all plans");
        if (max is null && min is null && equals is null && percent is null && amount is null)
            throw fields.Error($"{fields.Path} limits nothing; give one or more of max, min, equals, max_increase_percent, max_increase");
        if (max < min) throw fields.ErrorAt("max", $"{fields.Path}: max {SixDigits.Text(max.Value)} is below min {SixDigits.Text(min.Value)}; no number is both");
        if (equals is not null && (max ?? min) is not null) throw fields.ErrorAt("equals", $"{fields.Path}: equals beside max or min; give one of the two");
        foreach (var (name, value) in (ReadOnlySpan<(string, double?)>)[("max_increase_percent", percent), ("max_increase", amount)])
        {
            if (value is null) continue;
            if (value < 0) throw fields.ErrorAt(name, $"{fields.PathOf(name)} must be 0 or more, got {SixDigits.Text(value.Value)}");
            if (metric.Direction == Direction.HigherIsBetter)
                throw fields.ErrorAt(name, $"{fields.PathOf(name)}: more {metric.Name} is better, so an increase is no fault; give min, or limit the increase of step_s");
        }

        return new BudgetRule(plans is null ? null : new PathPattern(plans), metric, level, [.. Limits()]);

        IEnumerable<Limit> Limits()
        {
            if (max is { } most) yield return new AtMost(most);
            if (min is { } least) yield return new AtLeast(least);
            if (equals is { } value) yield return new EqualTo(value);
            if (percent is not null || amount is not null) yield return new Increase(percent, amount);
        }
    }

    private static Metric Metric(JsonFields fields)
    {
        var name = fields.Text("metric");
        if (MetricCatalog.Find(name) is { } metric) return metric;
        var known = MetricCatalog.All.Select(each => each.Name).ToList();
        throw fields.ErrorAt("metric", $"unknown metric {OneLine.Quote(name)}.{NearestNames.Hint(name, known)} planner list metrics has all: {OneLine.List(known)}");
    }

    private static RuleLevel Level(JsonFields fields)
    {
        var word = fields.OptionalText("level");
        RuleLevel[] allowed = [RuleLevel.Error, RuleLevel.Warning];
        if (word is null) return RuleLevel.Error;
        foreach (var level in allowed)
            if (GateWords.Of(level) == word) return level;
        throw fields.ErrorAt("level", $"{fields.PathOf("level")} {OneLine.Quote(word)} is not allowed; choose from {OneLine.List(allowed.Select(GateWords.Of))}");
    }

    private static double? Number(JsonFields fields, string name)
    {
        if (fields.Optional(name) is not { } value) return null;
        if (value.Kind != JsonKind.Number) throw fields.Error(value, $"{fields.PathOf(name)} must be a number, got {value.Describe()}");
        var number = JsonFields.AsNumber(value);
        return double.IsFinite(number) ? number : throw fields.Error(value, $"{fields.PathOf(name)} must be a finite number, got {value.Text}");
    }
}
