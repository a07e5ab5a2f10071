using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class DiffCommandTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        File.WriteAllText(Path.Join(folder.Path, "was.json"), ChangedPlan.Was);
        File.WriteAllText(Path.Join(folder.Path, "now.json"), ChangedPlan.Now);
    }

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [TestCase("text", "was.json -> now.json: step")]
    [TestCase("json", "\"was\": \"was.json\"")]
    [TestCase("markdown", "`was.json` → `now.json`")]
    public void Diff_Format_IsWhatWasAsked(string format, string start)
    {
        var run = Diff("was.json", "now.json", "--format", format);
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain(start));
    }

    [TestCase("was.json", "now.json", 2)]
    [TestCase("now.json", "was.json", 2)]
    [TestCase("was.json", "was.json", 0)]
    public void Diff_ExitCode_SaysWhetherTheyDiffer(string was, string now, int code)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Diff(was, now, "--exit-code").Code, Is.EqualTo(code));
            Assert.That(Diff(was, now).Code, Is.Zero);
            using var json = JsonDocument.Parse(Diff(was, now, "--format", "json").Output);
            Assert.That(json.RootElement.GetProperty("different").GetBoolean(), Is.EqualTo(code == 2));
        }
    }

    [TestCase("text")]
    [TestCase("markdown")]
    public void Diff_SamePlan_OneLine(string format)
    {
        var output = Diff("was.json", "was.json", "--format", format).Output;
        Assert.That(output, Does.StartWith("same plan: ").And.EndsWith("\n"));
        Assert.That(output.Count(c => c == '\n'), Is.EqualTo(1));
    }

    [TestCase("-", "now.json")]
    [TestCase("was.json", "-")]
    public void Diff_StandardInput_IsRead(string was, string now)
    {
        var text = was == "-" ? ChangedPlan.Was : ChangedPlan.Now;
        var run = Run.Of(new MemoryStream(Encoding.UTF8.GetBytes(text)), ["diff", Full(was), Full(now), "--exit-code"]);
        Assert.That((run.Code, run.Error), Is.EqualTo((2, "")));
        Assert.That(run.Output, Does.Contain("standard input").And.Contain("step 19.9261 s -> 20.4519 s, +2.6 % (worse)"));
    }

    [Test]
    public void Diff_OtherShape_SaysSoWithoutStages()
    {
        File.WriteAllText(Path.Join(folder.Path, "other.json"), ChangedPlan.Edited(
            ChangedPlan.Was,
            ("\"pp\": 16,", "\"pp\": 32,"),
            ("\"dp\": 128,", "\"dp\": 64,"),
            ("\"micro_batches\": 120", "\"micro_batches\": 240")));
        var output = Diff("was.json", "other.json").Output;
        Assert.That(output, Does.Contain("3 decisions differ").And.Contain("pp             16   ->  32"));
    }

    [TestCase(new[] { "diff" }, "diff needs two plan files, the old and the new; for example planner diff old.json plan.json")]
    [TestCase(new[] { "diff", "one.json" }, "diff needs two plan files, the old and the new; for example planner diff old.json plan.json")]
    [TestCase(new[] { "diff", "-", "-" }, "diff: only one of the two plans can be the standard input; give the other as a file")]
    [TestCase(new[] { "diff", "a", "b", "c" }, "'c' is not expected here; try planner diff --help")]
    [TestCase(new[] { "diff", "a", "b", "--exitcode" }, "unknown option '--exitcode'. Did you mean --exit-code? Try planner diff --help")]
    [TestCase(new[] { "diff", "a", "b", "--format", "html" }, "--format: 'html' is not allowed; choose from text, json, markdown; try planner diff --help")]
    public void Diff_Misused_OneLine(string[] args, string message)
    {
        var run = Run.Of(new FakePlanner(FakePlanner.Found), args);
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((1, "", $"planner: {message}\n")));
    }

    // Names without the folder, in one line however long it is.
    private Run Diff(string was, string now, params string[] options)
    {
        var run = Run.Of(new FakePlanner(FakePlanner.Found), ["diff", Full(was), Full(now), .. options]);
        return run with { Output = run.Output.Replace("\n  ", " ", StringComparison.Ordinal).Replace(folder.Path + "/", "", StringComparison.Ordinal) };
    }

    private string Full(string name) => name == "-" ? name : Path.Join(folder.Path, name);
}
