using System.Text.Json;
using System.Xml;
using System.Xml.Schema;
using NJsonSchema;
using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Gates;

/// <summary>What check prints and writes, for a plan that passes, one that got worse, one that got better and one that does not fit.</summary>
[TestFixture]
public sealed class CheckReportTests
{
    private static readonly string[] Formats = ["json", "markdown"];

    private static readonly Dictionary<string, Func<GuardedPlan, GuardedPlan>> Cases = new()
    {
        ["as-it-was"] = plan => plan,
        ["slower"] = CheckCommandTests.Slower,
        ["faster"] = plan => plan.Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 9."),
        ["too-full"] = plan => plan.Edit("plan.json", "\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": 10.5"),
        ["budget"] = plan => plan.Write("planner.budget.json", Budget),
    };

    private const string Budget = """
        {
          "rules": [
            { "plans": "plan*.json", "metric": "step_s", "max": 1.5, "max_increase_percent": 1 },
            { "metric": "mfu", "level": "warning", "min": 0.99 },
            { "metric": "bubble_s", "max": 1e6 }
          ]
        }
        """;

    [Test]
    public void Check_EveryFormat_IsTheGoldenFile([ValueSource(nameof(Formats))] string format, [Values("as-it-was", "slower", "faster", "too-full", "budget")] string name)
    {
        using var plan = new GuardedPlan();
        var run = Cases[name](plan).Check("--format", format);
        Assert.That(run.Error, Is.Empty);
        Golden.Verify(run.Output, $"{name}-{format}");
    }

    [Test]
    public async Task Json_FollowsItsSchema([Values("as-it-was", "slower", "faster", "too-full", "budget")] string name)
    {
        using var plan = new GuardedPlan();
        var schema = await JsonSchema.FromFileAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "check.schema.json"));
        var text = Cases[name](plan.Write("bad.json", "{")).Check(plan.File("bad.json"), "--format", "json").Output;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.Validate(text), Is.Empty);
            Assert.That(schema.Validate(text.Replace("\"passed\":true", "\"passed\":\"yes\"", StringComparison.Ordinal)), Is.Not.Empty);
        }
    }

    [TestCase("as-it-was", "passed", 0)]
    [TestCase("slower", "failed", 2)]
    [TestCase("faster", "warning", 0)]
    [TestCase("too-full", "failed", 2)]
    [TestCase("budget", "failed", 2)]
    public void Json_PassedIsTrueWhereTheRuleHolds(string name, string verdict, int code)
    {
        using var plan = new GuardedPlan();
        var run = Cases[name](plan).Check("--format", "json");
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        var rules = root.GetProperty("plans")[0].GetProperty("rules").EnumerateArray().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(code));
            Assert.That(root.GetProperty("verdict").GetString(), Is.EqualTo(verdict));
            Assert.That(rules.All(rule => rule.GetProperty("passed").GetBoolean()), Is.EqualTo(verdict == "passed"));
            foreach (var rule in rules.Where(rule => rule.GetProperty("rule").GetString()!.StartsWith("max ", StringComparison.Ordinal)))
                Assert.That(rule.GetProperty("passed").GetBoolean(), Is.EqualTo(rule.GetProperty("actual").GetDouble() <= rule.GetProperty("expected").GetDouble()));
        }
    }

    // The same rule on both sides of its limit: the mark must not be the wrong way round.
    [TestCase("max", 1.7, true)]
    [TestCase("max", 1.5, false)]
    [TestCase("min", 1.5, true)]
    [TestCase("min", 1.7, false)]
    public void Json_PassedTurnsWithTheLimit(string limit, double value, bool passed)
    {
        using var plan = new GuardedPlan();
        var run = plan.Write("planner.budget.json", FormattableString.Invariant($$"""{"rules": [{"metric": "step_s", "{{limit}}": {{value}}}]}""")).Check("--format", "json");
        using var document = JsonDocument.Parse(run.Output);
        var rule = document.RootElement.GetProperty("plans")[0].GetProperty("rules").EnumerateArray().Single(rule => rule.GetProperty("metric").GetString() == "step_s");
        Assert.That((run.Code, rule.GetProperty("passed").GetBoolean()), Is.EqualTo((passed ? 0 : 2, passed)));
    }

    [Test]
    public void JUnit_IsTheGoldenFileAndValid([Values("as-it-was", "slower", "faster", "too-full", "budget")] string name)
    {
        using var plan = new GuardedPlan();
        Cases[name](plan).Check("--junit", plan.File("out.xml"));
        var text = File.ReadAllText(plan.File("out.xml")).Replace(plan.Folder + "/", "", StringComparison.Ordinal);
        Assert.That(Objections(text), Is.Empty);
        Golden.Verify(text, $"{name}-junit");
    }

    [Test]
    public void JUnit_UnreadableFiles_AreErrors()
    {
        using var plan = new GuardedPlan();
        var run = plan.Write("bad.json", "{").Clean(Run.Of(new PlanMaker(), "check", plan.File("bad.json"), plan.Plan, "--junit", plan.File("out.xml")));
        var text = File.ReadAllText(plan.File("out.xml"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(1));
            Assert.That(Objections(text), Is.Empty);
            Assert.That(text, Does.Contain("<error type=\"unreadable\"").And.Contain("failures=\"0\" errors=\"1\""));
        }
    }

    [TestCase("<failure", "<failed")]
    [TestCase("</failure>", "</failure><testcase name=\"x\"/>")]
    [TestCase(" name=\"planner check\"", " name=\"planner check\" passed=\"1\"")]
    public void JUnit_TheSchemaRefusesOthers(string from, string to)
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan).Check("--junit", plan.File("out.xml"));
        var text = File.ReadAllText(plan.File("out.xml"));
        Assert.That(text, Does.Contain(from));
        Assert.That(Objections(text.Replace(from, to, StringComparison.Ordinal).Replace("</failure>", from == "<failure" ? "</failed>" : "</failure>", StringComparison.Ordinal)), Is.Not.Empty);
    }

    [Test]
    public void Annotations_AreWhatGitHubReads()
    {
        using var plan = new GuardedPlan();
        var run = CheckCommandTests.Slower(plan).Check("--annotate", "always");
        var lines = File.ReadAllLines(plan.Plan);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.EqualTo(2));
            foreach (var line in run.Error.TrimEnd().Split('\n'))
            {
                Assert.That(line, Does.Match("^::error file=plan\\.json,line=[0-9]+,title=[a-z_.]+::[^\r\n]+$"));
                var title = line.Split("title=")[1].Split("::")[0];
                Assert.That(lines[int.Parse(line.Split("line=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture) - 1], Does.Contain($"\"{title.Split('.')[^1]}\""));
            }
        }

        Golden.Verify(run.Error, "annotations");
    }

    [Test]
    public void Annotations_EscapeWhatGitHubWouldMisread()
    {
        using var plan = new GuardedPlan();
        var odd = plan.File("100%, a:b.json");
        File.Copy(plan.Plan, odd);
        CheckCommandTests.Slower(plan);
        var run = plan.Clean(Run.Of(new PlanMaker(), "check", odd, "--annotate", "always"));
        Assert.That(run.Error, Does.Contain("file=100%25%2C a%3Ab.json,line=").And.Contain("+15.1 %25"));
    }

    [TestCase(9, 9)]
    [TestCase(10, 10)]
    [TestCase(25, 10)]
    public void Annotations_AreAtMostTenOfAKind(int plans, int shown)
    {
        using var plan = new GuardedPlan();
        plan.Edit("plan.json", "\"step_s\": 1.", "\"step_s\": 0.");
        var files = Enumerable.Range(0, plans).Select(number => plan.File(FormattableString.Invariant($"copy-{number:00}.json"))).ToArray();
        foreach (var file in files) File.Copy(plan.Plan, file);
        var run = Run.Of(new PlanMaker(), ["check", .. files, "--annotate", "always"]);
        var errors = run.Error.Split('\n').Where(line => line.StartsWith("::error", StringComparison.Ordinal)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(errors, Has.Count.EqualTo(shown));
            Assert.That(errors[^1].EndsWith($"{plans - 9} more of this kind; the log has all", StringComparison.Ordinal), Is.EqualTo(plans > 9));
        }
    }

    [TestCase("true", null, true)]
    [TestCase("false", null, false)]
    [TestCase(null, null, false)]
    [TestCase("true", "never", false)]
    [TestCase(null, "always", true)]
    public void Annotations_AutoIsForGitHubActions(string? actions, string? option, bool shown)
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan);
        var run = Run.In(new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = actions }, new PlanMaker(), ["check", plan.Plan, .. option is null ? (string[])[] : ["--annotate", option]]);
        Assert.That(run.Error.Contains("::error", StringComparison.Ordinal), Is.EqualTo(shown));
    }

    [Test]
    public void Annotations_PathsCountFromTheCheckout()
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan);
        var run = Run.In(new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = "true", ["GITHUB_WORKSPACE"] = plan.Folder }, new PlanMaker(), "check", plan.Plan);
        Assert.That(run.Error, Does.StartWith("::error file=plan.json,"));
    }

    [Test]
    public void Summary_IsAppendedAndByDefaultGitHubs()
    {
        using var plan = new GuardedPlan();
        plan.Write("summary.md", "before\n");
        var run = Run.In(new Dictionary<string, string?> { ["GITHUB_STEP_SUMMARY"] = plan.File("summary.md") }, new PlanMaker(), "check", plan.Plan);
        var text = File.ReadAllText(plan.File("summary.md"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(text, Does.StartWith("before\n## planner check: passed\n"));
            Assert.That(text["before\n".Length..], Is.EqualTo(Run.Of(new PlanMaker(), "check", plan.Plan, "--format", "markdown").Output));
        }
    }

    [Test]
    public void Summary_StaysBelowItsSize()
    {
        using var plan = new GuardedPlan();
        plan.Write("summary.md", new string('x', 890_000));
        var files = Enumerable.Range(0, 20).Select(number => plan.File(FormattableString.Invariant($"copy-{number:00}.json"))).ToArray();
        foreach (var file in files) File.Copy(plan.Plan, file);
        File.WriteAllText(files[^1], File.ReadAllText(plan.Plan).Replace("\"step_s\": 1.", "\"step_s\": 0.", StringComparison.Ordinal));
        Run.Of(new PlanMaker(), ["check", .. files, "--summary", plan.File("summary.md")]);
        var text = File.ReadAllText(plan.File("summary.md"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Has.Length.LessThanOrEqualTo(900_000).And.Length.GreaterThan(895_000));
            Assert.That(text, Does.Contain("copy-19.json` failed").And.EndWith("more are left out: the summary is full.\n"));
        }
    }

    [Test]
    public void Reports_DoNotHangOnTheCulture([Values("text", "json", "markdown")] string format)
    {
        using var plan = new GuardedPlan();
        CheckCommandTests.Slower(plan);
        var usual = plan.Check("--format", format);
        using (new CommaDecimals()) Assert.That(plan.Check("--format", format), Is.EqualTo(usual));
    }

    private static List<string> Objections(string xml)
    {
        var objections = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema };
        settings.Schemas.Add(null, Path.Join(AppContext.BaseDirectory, "data", "junit.xsd"));
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, problem) => objections.Add(problem.Message);
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        while (reader.Read())
        {
        }

        return objections;
    }
}
