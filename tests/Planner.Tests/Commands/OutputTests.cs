using NUnit.Framework;
using Planner.Plans;
using Planner.Reports;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class OutputTests
{
    [Test]
    public void Output_PlanAndReport_AreWrittenAndNamedLast()
    {
        using var folder = new TemporaryFolder();
        var plan = Path.Join(folder.Path, "plan.json");
        var tables = Path.Join(folder.Path, "new", "tables");
        var run = Run.Of(new FakePlanner(FakePlanner.Found), [.. Run.Minimal, "-o", plan, "--report", tables]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(File.ReadAllText(plan), Is.EqualTo(PlanFileWriter.Write(SamplePlan.Plan())));
            Assert.That(folder.Files, Is.EqualTo(new[]
            {
                "new/tables/candidates.csv", "new/tables/experts.csv", "new/tables/memory.csv", "new/tables/ranks.csv", "new/tables/stages.csv",
                "new/tables/summary.csv", "new/tables/timeline.csv", "new/tables/traffic.csv", "plan.json",
            }));
            Assert.That(run.Output, Does.Contain("  written").And.Contain("plan.json, ").And.EndWith("*.csv\n"));
        }
    }

    [Test]
    public void Output_FailureWhileWriting_LeavesEverythingAsItWas()
    {
        using var folder = new TemporaryFolder();
        var plan = Path.Join(folder.Path, "plan.json");
        File.WriteAllText(plan, "before");
        var tables = Path.Join(folder.Path, "tables");
        Directory.CreateDirectory(Path.Join(tables, "ranks.csv"));
        var run = Run.Of(new FakePlanner(FakePlanner.Found), [.. Run.Minimal, "-o", plan, "--report", tables]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
            Assert.That(run.Error, Does.StartWith("planner: cannot write '").And.Contain("ranks.csv"));
            Assert.That(run.Error.TrimEnd().Contains('\n'), Is.False);
            Assert.That(File.ReadAllText(plan), Is.EqualTo("before"));
            Assert.That(folder.Files, Is.EqualTo(new[] { "plan.json" }));
        }
    }

    [Test]
    public void Output_TableThatThrows_LeavesEverythingAsItWas()
    {
        using var folder = new TemporaryFolder();
        var plan = Path.Join(folder.Path, "plan.json");
        var found = FakePlanner.Found with { Timeline = () => throw new InvalidOperationException("no timeline") };
        var run = Run.Of(new FakePlanner(found), [.. Run.Minimal, "-o", plan, "--report", Path.Join(folder.Path, "tables")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new Run(1, "", "planner: internal error: no timeline\n")));
            Assert.That(folder.Files, Is.Empty);
        }
    }

    [Test]
    public void Output_Link_IsWrittenThrough()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Join(folder.Path, "target.json");
        File.WriteAllText(target, "before");
        var link = Path.Join(folder.Path, "link.json");
        File.CreateSymbolicLink(link, target);
        Run.Of(new FakePlanner(FakePlanner.Found), [.. Run.Minimal, "-o", link]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo(target));
            Assert.That(File.ReadAllText(target), Does.StartWith("{"));
        }
    }

    [Test]
    public void Output_NothingFits_WritesNoPlan()
    {
        using var folder = new TemporaryFolder();
        var run = Run.Of(new FakePlanner(FakePlanner.NothingFits), [.. Run.Minimal, "-o", Path.Join(folder.Path, "plan.json")]);
        Assert.That((run.Code, folder.Files.Length), Is.EqualTo((3, 0)));
    }

    [Test]
    public void Device_IsWrittenDirectlyAndStays()
    {
        Assume.That(File.Exists("/dev/null"));
        using (var files = new FileSet())
        {
            files.Add("/dev/null", writer => writer.Write("x"));
            files.Commit();
        }

        Assert.That(Directory.EnumerateFiles("/dev", ".null*"), Is.Empty);
        Assert.That(File.ReadAllText("/dev/null"), Is.Empty);
    }
}
