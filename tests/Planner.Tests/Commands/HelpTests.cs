using NUnit.Framework;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class HelpTests
{
    [TestCase("solve")]
    [TestCase("estimate")]
    [TestCase("check")]
    [TestCase("list")]
    [TestCase("diff")]
    public void Help_OfAVerb_IsTheGoldenFile(string verb)
    {
        var run = Run.Of(new FakePlanner(FakePlanner.Found), verb, "--help");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(100));
        Golden.Verify(run.Output, "help-" + verb);
    }

    [TestCase("solve")]
    [TestCase("estimate")]
    [TestCase("list")]
    public void Help_Examples_AreAccepted(string verb)
    {
        var help = Run.Of(new FakePlanner(FakePlanner.Found), verb, "--help").Output;
        var examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim()).ToList();
        Assert.That(examples, Has.Count.GreaterThanOrEqualTo(2));
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Join(folder.Path, "plan.json"), Planner.Plans.PlanFileWriter.Write(Plans.SamplePlan.Plan()));
        foreach (var example in examples)
        {
            var args = example.Split(' ').Skip(1).Select(arg => arg is "plan.json" or "tables" ? Path.Join(folder.Path, arg) : arg).ToArray();
            var run = Run.Of(new FakePlanner(FakePlanner.Found), args);
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")), example);
        }
    }
}
