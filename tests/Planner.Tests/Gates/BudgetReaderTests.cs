using System.Text;
using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Planner.Gates;
using Planner.Inputs;
using Planner.Plans.Metrics;
using Planner.Tests.Inputs;

namespace Planner.Tests.Gates;

[TestFixture]
public sealed class BudgetReaderTests
{
    private const string Good = """
        {
          "schema_version": "1.0",
          "rules": [
            { "plans": "plans/*.json", "metric": "step_s", "max": 20, "max_increase_percent": 1, "max_increase": 0.001 },
            { "metric": "mfu", "level": "warning", "min": 0.35, "reason": "below it the cluster is not worth its rent" },
            { "metric": "tp", "equals": 1 }
          ]
        }
        """;

    [Test]
    public void Read_AGoodFile_HasItsRules()
    {
        var rules = Read(Good).Rules;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rules.Select(rule => rule.Metric.Name), Is.EqualTo((string[])["step_s", "mfu", "tp"]));
            Assert.That(rules.Select(rule => rule.Level), Is.EqualTo((RuleLevel[])[RuleLevel.Error, RuleLevel.Warning, RuleLevel.Error]));
            Assert.That(rules.Select(rule => rule.Limits.Length), Is.EqualTo((int[])[2, 1, 1]));
            Assert.That(rules[0].Limits, Is.EqualTo((Limit[])[new AtMost(20), new Increase(1, 0.001)]));
        }
    }

    [TestCase("\"rules\"", "\"rule\"", "budget.json:3:3: unknown field \"rule\". Did you mean rules?|rules is missing; the file has \"rule\"")]
    [TestCase("\"max\"", "\"maxi\"", "unknown field \"rules[0].maxi\". Did you mean max")]
    [TestCase("step_s", "steps_s", "unknown metric \"steps_s\". Did you mean step_s?")]
    [TestCase("\"warning\"", "\"warn\"", "rules[1].level \"warn\" is not allowed; choose from error, warning")]
    [TestCase("\"min\": 0.35", "\"min\": \"0.35\"", "rules[1].min must be a number, got")]
    [TestCase("\"min\": 0.35", "\"max\": 0.3, \"min\": 0.35", "rules[1]: max 0.3 is below min 0.35; no number is both")]
    [TestCase(", \"min\": 0.35", "", "rules[1] limits nothing; give one or more of max, min, equals, max_increase_percent, max_increase")]
    [TestCase("\"min\": 0.35", "\"max_increase_percent\": 1", "rules[1].max_increase_percent: more mfu is better, so an increase is no fault")]
    [TestCase("\"max_increase\": 0.001", "\"max_increase\": -1", "rules[0].max_increase must be 0 or more, got -1")]
    [TestCase("\"equals\": 1", "\"equals\": 1, \"max\": 2", "rules[2]: equals beside max or min; give one of the two")]
    [TestCase("\"equals\": 1", "\"equals\": 1e999", "rules[2].equals|not valid JSON|1e999")]
    [TestCase("plans/*.json", "", "rules[0].plans is empty")]
    [TestCase("\"1.0\"", "\"2.0\"", "schema_version \"2.0\" is not one that this planner reads; allowed: 1.x")]
    [TestCase("\"mfu\"", "5", "rules[1].metric must be a text, got")]
    [TestCase("}\n", "", "not valid JSON")]
    public void Read_ABadFile_SaysWhereAndWhat(string from, string to, string wanted)
    {
        var at = Good.IndexOf(from, StringComparison.Ordinal);
        var error = Assert.Throws<InputException>(() => Read(Good[..at] + to + Good[(at + from.Length)..]))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Message, Does.StartWith("budget.json:").And.Not.Contain("\n"));
            Assert.That(wanted.Split('|').Any(words => error.Message.Contains(words, StringComparison.Ordinal)), error.Message);
        }
    }

    [TestCase("plans/*.json", "plans/a.json", true)]
    [TestCase("plans/*.json", "plans/deep/a.json", false)]
    [TestCase("plans/**/*.json", "plans/deep/er/a.json", true)]
    [TestCase("plans/**/*.json", "plans/a.json", true)]
    [TestCase("plans/**", "plans/deep/a.json", true)]
    [TestCase("**", "a.json", true)]
    [TestCase("*.json", "plans/deep/a.json", true)]
    [TestCase("v3-*.json", "plans/llama.json", false)]
    [TestCase("v?-*.json", "plans/v3-671b.json", true)]
    [TestCase("./plans/a.json", "plans/a.json", true)]
    [TestCase("../plans/*.json", "../plans/a.json", true)]
    [TestCase("*.json", ".a.json", false)]
    public void Pattern_Matches(string pattern, string path, bool matches) => Assert.That(new PathPattern(pattern).Matches(path), Is.EqualTo(matches));

    [Test]
    public async Task Schema_KnowsWhatTheReaderKnows()
    {
        var text = Shipped.Text("schema/budget.schema.json");
        var schema = await JsonSchema.FromJsonAsync(text);
        using var document = JsonDocument.Parse(text);
        var metrics = document.RootElement.GetProperty("definitions").GetProperty("rule").GetProperty("properties").GetProperty("metric").GetProperty("enum");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.Validate(Good), Is.Empty);
            Assert.That(metrics.EnumerateArray().Select(metric => metric.GetString()), Is.EqualTo(MetricCatalog.All.Select(metric => metric.Name)));
            foreach (var bad in (string[])["\"max\"", "\"rules\"", "\"step_s\""])
                Assert.That(schema.Validate(Good.Replace(bad, bad.Insert(2, "x"), StringComparison.Ordinal)), Is.Not.Empty, bad);
            Assert.That(schema.Validate(Good.Replace(", \"min\": 0.35", "", StringComparison.Ordinal)), Is.Not.Empty);
        }
    }

    private static Budget Read(string text) => BudgetReader.Read(new InputText("budget.json", Encoding.UTF8.GetBytes(text)));
}
