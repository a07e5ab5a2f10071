using NUnit.Framework;
using Planner.Plans;
using Planner.Reports;
using Planner.Tests.Plans;

namespace Planner.Tests.Reports;

[TestFixture]
public sealed class DiffReportTests
{
    private static readonly Dictionary<string, Func<PlanDiff, string, string, string>> Formats = new()
    {
        ["text"] = DiffText.Write,
        ["json"] = DiffJson.Write,
        ["markdown"] = DiffMarkdown.Write,
    };

    [TestCase("text")]
    [TestCase("json")]
    [TestCase("markdown")]
    public void Write_ChangedPlan_IsTheGoldenFile(string format)
    {
        var text = Written(format, ChangedPlan.Was, ChangedPlan.Now);
        using (new CommaDecimals()) Assert.That(Written(format, ChangedPlan.Was, ChangedPlan.Now), Is.EqualTo(text));
        Golden.Verify(text, "diff-" + format);
    }

    [Test]
    public void Write_TextOfLongLayouts_StaysWithin100Columns()
    {
        var uneven = ChangedPlan.Staged(["Et", .. Enumerable.Range(0, 59).Select(stage => stage % 2 == 0 ? "t" : ""), "L"]);
        Assert.That(Written("text", ChangedPlan.Was, uneven).Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(TextLines.Width));
        Assert.That(Written("text", ChangedPlan.Was, uneven), Does.Contain("layout now E"));
    }

    [Test]
    public void Write_MarkdownOfBarsAndGraves_KeepsItsCells()
    {
        var other = ChangedPlan.Edited(ChangedPlan.Was, ("\"hardware\": \"h800\"", "\"hardware\": \"a|`b\""));
        Assert.That(Written("markdown", ChangedPlan.Was, other), Does.Contain("| hardware | `h800` | `` a\\|`b `` |"));
    }

    [Test]
    public void Write_OlderSchema_SaysWhichFileLacksWhat()
    {
        var old = ChangedPlan.Edited(ChangedPlan.Now, ("\"schema_version\": \"1.1\"", "\"schema_version\": \"1.0\""), ("    \"exposed_comm_s\": 1.75123,\n", ""));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Written("text", old, ChangedPlan.Was), Does.Contain("not written exposed_comm_s: was.json is of an older schema"));
            Assert.That(Written("text", ChangedPlan.Was, old), Does.Contain("not written exposed_comm_s: now.json is of an older schema"));
        }
    }

    private static string Written(string format, string was, string now)
    {
        var text = Formats[format](PlanDiff.Of(PlanFileReader.Read(was, "was.json"), PlanFileReader.Read(now, "now.json")), "was.json", "now.json");
        if (format == "text") Assert.That(text.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(TextLines.Width));
        return text;
    }
}
