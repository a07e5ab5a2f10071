using System.Text.Json;
using NUnit.Framework;
using Planner.Inputs;
using Planner.Tests.Commands;
using Planner.Tests.Validation;

namespace Planner.Tests.Calibration;

[TestFixture]
public sealed class CalibrateCommandTests
{
    private static readonly string Slow = CalibrationTables.Csv(12, stack => CalibrationTables.Hopper(stack, 0.6, 0.5), row => 1 + (0.01 * (row % 4)));

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Text_AnswerFirst_Within100Columns()
    {
        var run = Calibrate(Slow + "x,y\n", "-o", In("stack.json"));
        var lines = run.Output.Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(lines[0], Does.Match(@"^calibrated stack: held-out MAPE \d+\.\d % against \d+\.\d % with the defaults$"));
            Assert.That(run.Output, Does.Contain("12 of 13 rows of runs.csv; stack megatron"));
            Assert.That(run.Output, Does.Match(@"rates\.hopper\.gemm\.bf16\.efficiency .* fitted\n").And.Contain("network_efficiency: no run spans nodes"));
            Assert.That(run.Output, Does.Contain("left out    1 row (x): 2 cells under"));
            Assert.That(lines.Where(line => !line.Contains(folder.Path)).Max(line => line.Length), Is.LessThanOrEqualTo(100));
        }
    }

    [Test]
    public void File_GivesTheCalibratedErrors()
    {
        using var report = JsonDocument.Parse(Calibrate(Slow, "-o", In("stack.json"), "--format", "json").Output);
        using var validated = JsonDocument.Parse(Run("validate", In("runs.csv"), "--stack", In("stack.json"), "--format", "json").Output);
        var after = report.RootElement.GetProperty("mape_after").GetDouble();
        Assert.That(after, Is.LessThan(report.RootElement.GetProperty("mape_before").GetDouble() / 4));
        Assert.That(validated.RootElement.GetProperty("overall").GetProperty("mape").GetDouble(), Is.EqualTo(after).Within(1e-6));
    }

    [Test]
    public void File_HoldsTheFittedConstantsOnly_WithTheirSource()
    {
        Calibrate(Slow, "-o", In("stack.json"));
        var stack = new StackCatalog().Load(In("stack.json"));
        var fitted = stack.Spec.Constants.Where(constant => constant.Source.StartsWith("planner calibrate on 12 runs of runs.csv (models llama3.1-8b, gpt-1.5b, llama2-13b)", StringComparison.Ordinal)).ToList();
        var based = new StackCatalog().Load("megatron").Spec;
        Assert.That(fitted.Select(constant => constant.Kind), Is.Not.Empty.And.All.EqualTo(Planner.Cost.Units.SourceKind.Fitted));
        Assert.That(stack.Spec.Constants.Except(based.Constants), Is.EquivalentTo(fitted));
        Assert.That(stack.Spec.Software, Is.Empty);
    }

    [Test]
    public void ExistingFile_NeedsForce()
    {
        File.WriteAllText(In("stack.json"), "mine");
        var refused = Calibrate(Slow, "-o", In("stack.json"));
        Assert.That((refused.Code, refused.Output), Is.EqualTo((1, "")));
        Assert.That(refused.Error, Does.Contain("exists; --force replaces it").And.EndWith("\n"));
        Assert.That(File.ReadAllText(In("stack.json")), Is.EqualTo("mine"));
        Assert.That(Calibrate(Slow, "-o", In("stack.json"), "--force").Code, Is.EqualTo(0));
        Assert.That(File.ReadAllText(In("stack.json")), Does.Contain("fitted"));
    }

    [Test]
    public void DefaultsAreBetter_NothingIsWritten_UnlessForced()
    {
        double[] scatter = [1.1, 0.92, 1.03, 0.97, 0.93];
        var even = CalibrationTables.Csv(15, stack => stack, row => scatter[row * 3 % 5]);
        var run = Calibrate(even, "-o", In("stack.json"));
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.StartWith("the defaults are ").And.Contain("nothing is written unless --force"));
        Assert.That(File.Exists(In("stack.json")), Is.False);
        Assert.That(Calibrate(even, "-o", In("stack.json"), "--force").Output, Does.Contain("written all the same"));
        Assert.That(new StackCatalog().Load(In("stack.json")).Spec.Constants, Is.Not.Empty);
    }

    [Test]
    public void TooFewRows_SayWhy()
    {
        var run = Calibrate(CalibrationTables.Csv(3, stack => CalibrationTables.Hopper(stack, 0.5, 0.5)), "-o", In("stack.json"), "--force");
        Assert.That((run.Code, run.Output.Split('\n')[0]), Is.EqualTo((0, "nothing to fit: the defaults are kept (3 usable rows, a fit needs 5)")));
        Assert.That(File.Exists(In("stack.json")), Is.False);
    }

    [Test]
    public void SeveralStacks_AreRefused_OrForced()
    {
        var mixed = Slow + Runs.Csv("id=other stack=nemo").Split('\n')[1] + "\n";
        var run = Calibrate(mixed);
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain("megatron (12 rows), nemo (1 row)").And.Contain("--stack"));
        Assert.That(Calibrate(mixed, "--stack", "nemo").Output, Does.Contain("13 of 13 rows of runs.csv; stack nemo"));
    }

    [Test]
    public void StackOfTheUser_IsTheBaseByItsPlace()
    {
        Directory.CreateDirectory(In("a"));
        Directory.CreateDirectory(In("b"));
        File.WriteAllText(In("a/mine.json"), """{ "description": "mine", "base": "megatron", "software": ["Mine"] }""");
        var rows = Slow.Replace(",megatron,", ",,", StringComparison.Ordinal).Replace(",high,,", ",high,Mine 1.2,", StringComparison.Ordinal);
        Assert.That(Calibrate(rows, "--stacks", In("a"), "-o", In("b/one.json")).Code, Is.EqualTo(0));
        Assert.That(Calibrate(Slow, "--stack", In("a/mine.json"), "-o", In("b/two.json")).Code, Is.EqualTo(0));
        foreach (var file in (string[])["b/one.json", "b/two.json"])
        {
            using var written = JsonDocument.Parse(File.ReadAllText(In(file)));
            Assert.That(written.RootElement.GetProperty("base").GetString(), Is.EqualTo("../a/mine.json"), file);
            Assert.That(new StackCatalog().Load(In(file)).Spec.Constants, Is.Not.Empty, file);
        }

        var self = Calibrate(Slow, "--stack", In("a/mine.json"), "-o", In("a/mine.json"), "--force");
        Assert.That((self.Code, self.Error), Is.EqualTo((1, $"planner: --output: '{In("a/mine.json")}' is the stack to start from; give another file\n")));
    }

    [Test]
    public void Csv_IsOneRowAConstant()
    {
        var run = Calibrate(Slow, "--format", "csv");
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Is.EqualTo("path,before,after,spread,was,kind,bought_points,bought_error,reason"));
        Assert.That(lines[1], Does.StartWith("rates.hopper.gemm.bf16.efficiency,"));
        Assert.That(lines, Has.Length.EqualTo(9));
    }

    [TestCase("--output", "", "planner: --output: an empty value is not allowed; try planner calibrate --help\n")]
    [TestCase("--stacks", "nowhere", "planner: --stacks: 'nowhere' is not a folder; give a folder of JSON files\n")]
    public void BadOptions_AreOneLine(string option, string value, string error)
    {
        var run = Calibrate(Slow, option, value);
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((1, "", error)));
    }

    [Test]
    public void Help_IsTheGoldenFile()
    {
        var run = Run("calibrate", "--help");
        Assert.That(run.Output.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(100));
        Golden.Verify(run.Output, "help-calibrate");
    }

    private string In(string name) => Path.Join(folder.Path, name);

    private Run Calibrate(string csv, params string[] options)
    {
        File.WriteAllText(In("runs.csv"), csv);
        return Run(["calibrate", In("runs.csv"), .. options]);
    }

    private static Run Run(params string[] args) => Commands.Run.Of(new FakePlanner(FakePlanner.Found), args);
}
