using System.Text.Json;
using System.Xml.Linq;
using NJsonSchema;
using NUnit.Framework;
using Planner.Planning;
using Planner.Reports;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Objectives memory and pareto through the command line, on the shipped data.</summary>
internal sealed class FrontCommandTest
{
    private static readonly string[] Small =
        ["solve", "--model", "llama3.1-8b", "--gpus", "16", "--hw", "h100", "--micro-batch", "1", "--cp", "1,2"];

    [Test]
    public void Pareto_Csv_FallsInMemoryAsStepsGrow()
    {
        var rows = CsvRows.Of(Plan("--objective", "pareto", "--format", "csv"));
        Assert.That(rows, Has.Count.GreaterThan(5));
        for (var i = 1; i < rows.Count; i++)
        {
            Assert.That(rows[i].Number("step_s"), Is.GreaterThan(rows[i - 1].Number("step_s")));
            Assert.That(rows[i].Number("peak_gib"), Is.LessThan(rows[i - 1].Number("peak_gib")));
        }

        Assert.That(rows.Select(row => row["status"]), Is.All.EqualTo("optimal"));
        Assert.That(rows[^1].Number("change_percent"), Is.LessThanOrEqualTo(50));
    }

    [Test]
    public void Pareto_FirstPoint_IsTheFastestPlan()
    {
        var front = CsvRows.Of(Plan("--objective", "pareto", "--format", "csv", "--max-step-increase", "0%"));
        var plan = CsvRows.Of(Plan("--tp", "allow", "--format", "csv"));
        Assert.That(front, Has.Count.EqualTo(1));
        Assert.That(front[0]["step_s"], Is.EqualTo(plan[0]["step_s"]));
    }

    [Test]
    public void Memory_WithinAStep_IsTheFrontsEnd([Values("5%", "20")] string increase)
    {
        var front = CsvRows.Of(Plan("--objective", "pareto", "--format", "csv", "--max-step-increase", increase));
        var plan = CsvRows.Of(Plan("--objective", "memory", "--format", "csv", "--max-step-increase", increase));
        Assert.That((plan[0]["peak_gib"], plan[0]["step_s"], plan[0]["status"]), Is.EqualTo((front[^1]["peak_gib"], front[^1]["step_s"], "optimal")));
    }

    [Test]
    public async Task Json_BothObjectives_FitTheSchemaAndSayWhatWasAsked([Values("memory", "pareto")] string objective)
    {
        var text = Plan("--objective", objective, "--max-step-increase", "10%", "--format", "json");
        var schema = await JsonSchema.FromFileAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "plan.schema.json"));
        Assert.That(schema.Validate(text), Is.Empty);
        using var document = JsonDocument.Parse(text);
        var request = document.RootElement.GetProperty("request");
        Assert.That(
            (request.GetProperty("objective").GetString(), request.GetProperty("max_step_increase_percent").GetDouble()), Is.EqualTo((objective, 10)));
    }

    [Test]
    public void Pareto_AnyThreads_SameBytes() =>
        Assert.That(Plan("--objective", "pareto", "--threads", "1"), Is.EqualTo(Plan("--objective", "pareto", "--threads", "2")));

    [Test]
    public void Pareto_Report_WritesTableAndPlot()
    {
        using var folder = new TemporaryFolder();
        var text = Plan("--objective", "pareto", "--report", folder.Path);
        var csv = File.ReadAllText(Path.Join(folder.Path, "pareto.csv"));
        var plot = XDocument.Load(Path.Join(folder.Path, "pareto.svg"));
        var marks = plot.Descendants().Count(element => (string?)element.Attribute("class") == "mark" && element.HasElements);
        Assert.That(csv, Does.StartWith(FrontTable.Header + "\n"));
        Assert.That(marks, Is.EqualTo(csv.Count(c => c == '\n') - 1));
        Assert.That(text.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public void Memory_NothingFits_Exits3() => Assert.That(
        Run.Of(new PlanMaker(), [.. Small, "--objective", "memory", "--memory-limit", "8"]).Code, Is.EqualTo(3));

    private static string Plan(params string[] more)
    {
        var run = Run.Of(new PlanMaker(), [.. Small, .. more]);
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        return run.Output;
    }
}
