using System.Text.Json;
using NUnit.Framework;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class ListCommandTests
{
    [TestCase("models", "v3-671b")]
    [TestCase("hardware", "h800")]
    [TestCase("stacks", "deepseek")]
    [TestCase("schedules", "dualpipe")]
    public void List_EveryFormat_HoldsTheSameRows(string catalog, string known)
    {
        var planner = new FakePlanner(FakePlanner.Found);
        var text = Run.Of(planner, "list", catalog);
        var csv = Run.Of(planner, "list", catalog, "--format", "csv");
        var json = Run.Of(planner, "list", catalog, "--format", "json");
        using var document = JsonDocument.Parse(json.Output);
        var names = document.RootElement.GetProperty(catalog).EnumerateArray().Select(row => row.GetProperty("name").GetString()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((text.Code, csv.Code, json.Code), Is.EqualTo((0, 0, 0)));
            Assert.That((text.Error, csv.Error, json.Error), Is.EqualTo(("", "", "")));
            Assert.That(names, Does.Contain(known));
            Assert.That(FirstCells(csv.Output, ','), Is.EqualTo(names));
            Assert.That(FirstCells(text.Output, ' '), Is.EqualTo(names));
            Assert.That(text.Output, Does.Not.Contain("\u001b"));
        }
    }

    // Totals of the published configurations, counted by hand formula elsewhere: 671,026,419,200 with 37.552e9 active, 8,030,261,248.
    [TestCase("v3-671b", "671026419200", 37.552e9)]
    [TestCase("llama3.1-8b", "8030261248", 8.030261248e9)]
    public void List_Models_CountsParametersExactly(string model, string total, double active)
    {
        var csv = Run.Of(new FakePlanner(FakePlanner.Found), "list", "models", "--format", "csv").Output;
        var cells = csv.Split('\n').Single(line => line.StartsWith(model + ",", StringComparison.Ordinal)).Split(',');
        var header = csv.Split('\n')[0].Split(',');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cells[Array.IndexOf(header, "parameters")], Is.EqualTo(total));
            Assert.That(double.Parse(cells[Array.IndexOf(header, "active")], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(active).Within(0.01).Percent);
        }
    }

    [Test]
    public void List_Models_ShowsCountedBesidePublished_InAHundredColumns()
    {
        string[] lines = Run.Of(new FakePlanner(FakePlanner.Found), "list", "models").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => line.Length), Is.All.LessThanOrEqualTo(100));
            Assert.That(Words(lines[0])[..5], Is.EqualTo((string[])["name", "counted", "published", "active", "published"]));
            Assert.That(Row("v3-671b")[..5], Is.EqualTo((string[])["v3-671b", "671B", "671B", "37.55B", "37B"]));
            Assert.That(Row("glm4.5-355b")[..5], Is.EqualTo((string[])["glm4.5-355b", "352.8B", "355B", "33.63B", "32B"]));
            Assert.That(Row("opt-350m")[..3], Is.EqualTo((string[])["opt-350m", "331.2M", "331M"]));
        }

        string[] Row(string name) => Words(lines.Single(line => Words(line)[0] == name));
        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Test]
    public void List_Schedules_IsTheGoldenFile() => Golden.Verify(Run.Of(new FakePlanner(FakePlanner.Found), "list", "schedules").Output, "list-schedules");

    [Test]
    public void List_Metrics_IsTheGoldenFile() => Golden.Verify(Run.Of(new FakePlanner(FakePlanner.Found), "list", "metrics").Output, "list-metrics");

    [Test]
    public void List_Hardware_FitsAPageAndSaysTheRestInCsv()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        var page = Run.Of(planner, "list", "hardware").Output.TrimEnd().Split('\n');
        var rows = Run.Of(planner, "list", "hardware", "--format", "csv").Output.TrimEnd().Split('\n').Select(line => line.Split(',')).ToArray();
        var gb200 = rows[0].Zip(rows.Single(row => row[0] == "gb200")).ToDictionary(pair => pair.First, pair => pair.Second);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Select(line => line.Length), Is.All.AtMost(100));
            Assert.That(
                page.Single(line => line.StartsWith("gb200 ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Is.EqualTo((string[])["gb200", "blackwell", "2500", "5000", "10000", "186", "8", "4/72", "900/680", "50/45"]));
            Assert.That((gb200["gpus_per_node"], gb200["domain_gpus"], gb200["fp4_tflops"], gb200["nvlink_latency_us"]), Is.EqualTo(("4", "72", "10000", "30")));
            Assert.That(gb200["usd_per_gpu_hour"], Is.Empty);
        }
    }

    private static IEnumerable<string> FirstCells(string table, char separator) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimStart().Split(separator)[0]);
}
