using System.Text.Json;
using System.Xml.Linq;
using NUnit.Framework;
using Planner.Tests.Commands;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class ValidateCommandTests
{
    private static readonly string Data = Path.Join(AppContext.BaseDirectory, "data");
    private static readonly string[] ScoreFields =
        ["rows", "mape", "median_ape", "bias", "max_ape", "spearman", "regret", "memory_rows", "memory_mape", "memory_max"];

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Text_AnswerFirst_Within100Columns()
    {
        var run = Validate(Runs.Csv("", "id=b model=nope", "id=c confidence=low measured_mem_gib=50", "id=d dp=3"));
        var lines = run.Output.Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(lines[0], Does.Match(@"^confidence high: 1 row, MAPE \d+\.\d %, median \d+\.\d %, bias [+-]\d+\.\d %$"));
            Assert.That(run.Output, Does.Contain("4 rows: 2 estimated, 2 skipped").And.Contain("1 row: unknown model \"nope\"").And.Contain("not the 8 of num_gpus"));
            Assert.That(lines.Max(line => line.Length), Is.LessThanOrEqualTo(100));
        }
    }

    [Test]
    public void Json_IsOneObjectOfTheStatedShape()
    {
        var run = Validate(Runs.Csv("", "id=b family=g", "id=c dp=3"), "--format", "json");
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Names(root), Is.EqualTo(new[] { "schema_version", "rows", "scored", "skipped", "overall", "families", "confidence", "points" }));
            Assert.That((root.GetProperty("rows").GetInt32(), root.GetProperty("scored").GetInt32()), Is.EqualTo((3, 2)));
            Assert.That(Names(root.GetProperty("skipped")[0]), Is.EqualTo(new[] { "id", "reason" }));
            Assert.That(Names(root.GetProperty("overall")), Is.EqualTo((string[])["family", .. ScoreFields]));
            Assert.That(root.GetProperty("families").EnumerateArray().Select(family => family.GetProperty("family").GetString()), Is.EqualTo(new[] { "f", "g" }));
            Assert.That(Names(root.GetProperty("families")[0]), Is.EqualTo((string[])["family", .. ScoreFields]));
            Assert.That(Names(root.GetProperty("confidence")[0]), Is.EqualTo((string[])["confidence", .. ScoreFields]));
            Assert.That(root.GetProperty("families")[0].GetProperty("spearman").ValueKind, Is.EqualTo(JsonValueKind.Null));
            var point = root.GetProperty("points")[0];
            Assert.That(
                point.GetProperty("error_percent").GetDouble(),
                Is.EqualTo(100 * ((point.GetProperty("predicted_step_s").GetDouble() / point.GetProperty("measured_step_s").GetDouble()) - 1)).Within(1e-3));
        }
    }

    [Test]
    public void Csv_IsTheTableOfFamilies()
    {
        var lines = Validate(Runs.Csv("", "id=b family=g"), "--format", "csv").Output.Split('\n');
        Assert.That(lines[0], Is.EqualTo("family,rows,mape,median_ape,bias,max_ape,spearman,regret,memory_rows,memory_mape,memory_max,groups,worst_id"));
        Assert.That(lines[1..].Select(line => line.Split(',')[0]), Is.EqualTo(new[] { "f", "g", "all", "" }));
    }

    [Test]
    public void Report_WritesFourFiles_TheSameEveryTime()
    {
        var table = Runs.Csv("", "id=b family=g<&> model=llama3.1-8b", "id=c dp=3", "id=d measured_step_s= measured_mem_gib=50", "id=\u0001e micro_batch=2");
        var reports = Path.Join(folder.Path, "out");
        var run = Validate(table, "--report", reports);
        var first = Directory.GetFiles(reports).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        Validate(table, "--report", reports);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(first.Keys.Order(), Is.EqualTo(new[] { "families.csv", "points.csv", "scatter.svg", "skipped.csv" }));
            foreach (var (name, text) in first) Assert.That(File.ReadAllText(Path.Join(reports, name)), Is.EqualTo(text), name);
            Assert.That(first["points.csv"], Does.StartWith(
                "id,family,measured_step_s,predicted_step_s,error_percent,measured_mem_gib,predicted_mem_gib,model,hardware,num_gpus,tp,cp,pp,vpp,ep,dp,micro_batch,stack,confidence,placement,forward_s,"));
            Assert.That(first["skipped.csv"], Is.EqualTo("id,line,family,reason\nc,4,f,\"tp 1 x cp 1 x pp 1 x dp 3 = 3, not the 8 of num_gpus\"\n"));
            Assert.That(run.Output, Does.Contain("scatter.svg"));
        }
    }

    // Three rows with a step: a mark with a title each; two families: a mark and a label each. Nothing that runs or loads.
    [Test]
    public void Scatter_IsValidXmlWithAPointARow()
    {
        var reports = Path.Join(folder.Path, "out");
        Validate(Runs.Csv("", "id=b family=g<&>", "id=d measured_step_s= measured_mem_gib=50", "id=\u0001e micro_batch=2"), "--report", reports);
        var svg = XDocument.Load(Path.Join(reports, "scatter.svg")).Root!;
        var marks = svg.Descendants().Where(element => element.Attribute("class")?.Value == "mark").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svg.Name.ToString(), Is.EqualTo("{http://www.w3.org/2000/svg}svg"));
            Assert.That(marks.Select(mark => mark.Value).Where(title => title.Length > 0).Select(title => title.Split(' ')[0]), Is.EqualTo(new[] { "a", "b", "?e" }));
            Assert.That(marks, Has.Count.EqualTo(5));
            Assert.That(svg.Descendants().Any(element => element.Value == "g<&>"));
            Assert.That(svg.Descendants().Select(element => element.Name.LocalName).Distinct(), Is.SubsetOf(new[] { "title", "style", "path", "text", "circle" }));
            Assert.That(svg.Descendants().SelectMany(element => element.Attributes()).Where(attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)), Is.Empty);
        }
    }

    [Test]
    public void UnknownColumns_AreNamedOnceOnTheErrorStream()
    {
        var lines = Runs.Csv("", "id=b").TrimEnd('\n').Split('\n').Select((line, i) => line + (i == 0 ? ",comment" : ",x"));
        var run = Validate(string.Join('\n', lines) + "\n");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "planner: ignored column comment\n")));
    }

    [TestCase("", "missing column")]
    [TestCase("id=a model=nope", "planner: no row of 1 can be estimated; 1 for this reason: unknown model \"nope\"\n")]
    public void NoUsableRow_Fails(string row, string message)
    {
        var run = Validate(row.Length == 0 ? "id,model\n" : Runs.Csv(row));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain(message).And.Match("^[^\n]*\n$"));
    }

    [TestCase("--models")]
    [TestCase("--hardware")]
    [TestCase("--stacks")]
    public void FolderThatIsNone_Fails(string option)
    {
        var run = Validate(Runs.Csv(""), option, Path.Join(folder.Path, "none"));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith($"planner: {option}: '").And.Contain("is not a folder"));
    }

    [Test]
    public void UnknownStackOption_Fails()
    {
        var run = Validate(Runs.Csv(""), "--stack", "megatrn");
        Assert.That((run.Code, run.Error), Is.EqualTo((1, "planner: unknown stack \"megatrn\". Did you mean megatron?\n")));
    }

    // A model, a machine and two stacks that no catalog has; the longer beginning of the software's name decides between the stacks.
    [Test]
    public void Folders_HoldFilesThatTheCatalogsLack()
    {
        Copy("models", "llama3.1-8b", "our-8b", text => text);
        Copy("hardware", "h100", "our-cluster", text => text.Replace("\"hbm_tb_s\": { \"value\": 3.35", "\"hbm_tb_s\": { \"value\": 1.0"));
        Copy("stacks", "megatron", "ours", text => WithSoftware(text, "Our trainer"));
        Copy("stacks", "megatron", "ours-new", text => WithSoftware(text, "our trainer 2", "nothing else"));
        var table = Runs.Csv(
            "stack= software=Our~trainer~1.9 model=our-8b hardware=our-cluster",
            "id=b stack= software=OUR~TRAINER~2.1 model=our-8b hardware=our-cluster",
            "id=c stack= software=Our~trainer~1.9",
            "id=d stack=ours-new");
        var run = Validate(
            table,
            "--models", Path.Join(folder.Path, "models"), "--hardware", Path.Join(folder.Path, "hardware"), "--stacks", Path.Join(folder.Path, "stacks"),
            "--format", "json");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        using var document = JsonDocument.Parse(run.Output);
        var points = document.RootElement.GetProperty("points").EnumerateArray().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(points.Select(point => point.GetProperty("stack").GetString()), Is.EqualTo(new[] { "ours", "ours-new", "ours", "ours-new" }));
            Assert.That(Step(points[0]), Is.EqualTo(Step(points[1])));
            Assert.That(Step(points[2]), Is.LessThan(Step(points[0])));
            Assert.That(Step(points[2]), Is.EqualTo(Step(points[3])));
        }
    }

    [Test]
    public void BrokenFile_IsTheReasonOfItsRows_WithoutItsFolder()
    {
        Copy("models", "llama3.1-8b", "our-8b", _ => "{ \"architectures\": 1 }");
        var run = Validate(Runs.Csv("", "id=b model=our-8b"), "--models", Path.Join(folder.Path, "models"), "--format", "json");
        using var document = JsonDocument.Parse(run.Output);
        Assert.That(document.RootElement.GetProperty("skipped")[0].GetProperty("reason").GetString(), Does.StartWith("our-8b.json:1:20: "));
    }

    [Test]
    public void OwnFile_ComesBeforeTheCatalogs()
    {
        Copy("hardware", "h100", "h100", text => text.Replace("\"hbm_tb_s\": { \"value\": 3.35", "\"hbm_tb_s\": { \"value\": 1.0"));
        var usual = Step(Points(Validate(Runs.Csv(""), "--format", "json"))[0]);
        var own = Step(Points(Validate(Runs.Csv(""), "--format", "json", "--hardware", Path.Join(folder.Path, "hardware")))[0]);
        Assert.That(own, Is.GreaterThan(usual));
    }

    [Test]
    public void Help_IsTheGoldenFile()
    {
        var run = Run.Of(new FakePlanner(FakePlanner.Found), "validate", "--help");
        Assert.That(run.Output.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(100));
        Golden.Verify(run.Output, "help-validate");
    }

    private static double Step(JsonElement point) => point.GetProperty("predicted_step_s").GetDouble();

    private static List<JsonElement> Points(Run run)
    {
        using var document = JsonDocument.Parse(run.Output);
        return [.. document.RootElement.Clone().GetProperty("points").EnumerateArray()];
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    private static string WithSoftware(string stack, params string[] names)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(stack)!.AsObject();
        root["software"] = new System.Text.Json.Nodes.JsonArray([.. names.Select(name => (System.Text.Json.Nodes.JsonNode)name)]);
        return root.ToJsonString();
    }

    private void Copy(string kind, string from, string to, Func<string, string> change)
    {
        var target = Directory.CreateDirectory(Path.Join(folder.Path, kind)).FullName;
        File.WriteAllText(Path.Join(target, to + ".json"), change(File.ReadAllText(Path.Join(Data, kind, from + ".json"))));
    }

    private Run Validate(string csv, params string[] options)
    {
        var file = Path.Join(folder.Path, "runs.csv");
        File.WriteAllText(file, csv);
        return Run.Of(new FakePlanner(FakePlanner.Found), ["validate", file, .. options]);
    }
}
