using NUnit.Framework;
using Planner.Gates;

namespace Planner.Tests.Gates;

[TestFixture]
public sealed class PlanFilesTests
{
    private static readonly string[] Tree =
    [
        "a.json", "b.json", "planner.budget.json", "notes.txt", ".hidden.json", "plans/c.json", "plans/planner.budget.json", "plans/deep/d.json", "plans/deep/er/e.json",
        ".git/f.json", "odd[1]*.json",
    ];

    [TestCase("*.json", "a.json b.json odd[1]*.json")]
    [TestCase("?.json", "a.json b.json")]
    [TestCase("plans/*.json", "plans/c.json")]
    [TestCase("plans/**/*.json", "plans/c.json plans/deep/d.json plans/deep/er/e.json")]
    [TestCase("**/*.json", "a.json b.json odd[1]*.json plans/c.json plans/deep/d.json plans/deep/er/e.json")]
    [TestCase("**/d*.json", "plans/deep/d.json")]
    [TestCase("*/*/d.json", "plans/deep/d.json")]
    [TestCase("plans/**", "plans/c.json plans/deep/d.json plans/deep/er/e.json")]
    [TestCase("odd[1]*.json", "odd[1]*.json")]
    [TestCase("a.json", "a.json")]
    [TestCase("not-there.json", "not-there.json")]
    [TestCase("nothing/*.json", "")]
    [TestCase("a.json/*.json", "")]
    public void Expand_FindsWhatThePatternMeans(string pattern, string found)
    {
        using var folder = Made();
        var (files, unmatched) = PlanFiles.Expand([Path.Join(folder.Path, pattern)], null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(string.Join(' ', files.Select(file => Path.GetRelativePath(folder.Path, file))), Is.EqualTo(found));
            Assert.That(unmatched.Length, Is.EqualTo(found.Length == 0 ? 1 : 0));
        }
    }

    [Test]
    public void Expand_NamesAFileOnceAndNoBudget()
    {
        using var folder = Made();
        string[] given = ["a.json", "*.json", "plans/../a.json", "planner.budget.json", "plans/planner.budget.json"];
        var (files, _) = PlanFiles.Expand([.. given.Select(name => Path.Join(folder.Path, name))], Path.Join(folder.Path, "b.json"));
        Assert.That(files.Select(file => Path.GetRelativePath(folder.Path, file)), Is.EqualTo((string[])["a.json", "odd[1]*.json"]));
    }

    [Test]
    public void Expand_ALinkToTheFolderAbove_IsNotFollowed()
    {
        using var folder = Made();
        Directory.CreateSymbolicLink(Path.Join(folder.Path, "plans", "round"), folder.Path);
        Assert.That(PlanFiles.Expand([Path.Join(folder.Path, "plans/**/*.json")], null).Files, Has.Length.EqualTo(3));
    }

    private static TemporaryFolder Made()
    {
        var folder = new TemporaryFolder();
        foreach (var file in Tree)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(folder.Path, file))!);
            File.WriteAllText(Path.Join(folder.Path, file), "{}");
        }

        return folder;
    }
}
