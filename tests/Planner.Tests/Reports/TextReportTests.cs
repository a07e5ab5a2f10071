using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Reports;
using Planner.Tests.Plans;

namespace Planner.Tests.Reports;

[TestFixture]
public sealed class TextReportTests
{
    [Test]
    public void Write_SamplePlan_IsTheGoldenFile() => Golden.Verify(TextReport.Write(SamplePlan.Plan(), ["plan.json"]), "plan");

    [Test]
    public void Write_CommaDecimals_SameBytes()
    {
        var invariant = TextReport.Write(SamplePlan.Plan(), []);
        using var _ = new CommaDecimals();
        Assert.That(TextReport.Write(SamplePlan.Plan(), []), Is.EqualTo(invariant));
    }

    [Test]
    public void Write_AnyPlan_StaysWithin100Columns()
    {
        var plan = SamplePlan.Plan();
        var wide = plan with
        {
            Layout = plan.Layout with { Degrees = new Degrees(16384, 2, 2, 16384, 2, 1), Schedule = new DualPipeV(), MicroBatches = 1_048_576 },
            Alternatives = [.. plan.Alternatives.Select(other => other with { Layout = other.Layout with { Degrees = new Degrees(16384, 2, 2, 16384, 2, 64), Schedule = new Interleaved() } })],
            Request = plan.Request with { Model = "a-model-of-mine-with-a-long-name.config.json", Hardware = "a-cluster-with-a-long-name.json" },
            Rejected = [.. Enumerable.Range(0, 30).Select(i => new KeyValuePair<string, long>($"reason number {i}", 123_456))],
        };
        foreach (var line in TextReport.Write(wide, []).Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(100));
    }

    [TestCase(1)]
    [TestCase(0.013)]
    [TestCase(1000)]
    public void Write_Parts_AddUpAsPrinted(double scale)
    {
        var plan = SamplePlan.Plan();
        var parts = plan.Estimate.Parts;
        parts = new StepParts(
            parts.Forward * scale, parts.BackwardInput * scale, parts.Weight * scale, parts.Overlapped * scale,
            parts.Bubble * scale, parts.DataParallel * scale, parts.Optimizer * scale);
        var text = TextReport.Write(plan with { Estimate = plan.Estimate with { Parts = parts, Step = parts.Total } }, []);
        string[] names = ["forward", "backward input", "weight gradient", "overlapped pairs", "pipeline bubble", "data parallel", "optimizer"];
        var sum = names.Sum(name => Printed(text, name));
        var step = Printed(text, "step");

        // Seven parts, each rounded by half a unit of its last printed digit.
        Assert.That(sum, Is.EqualTo(step).Within(8 * 0.5 * (step >= 100 ? 0.1 : 0.001)));
    }

    [Test]
    public void Write_InterleavedStages_SaysWhichRankHoldsWhich()
    {
        var plan = SamplePlan.Plan();
        var interleaved = plan with
        {
            Layout = plan.Layout with { Schedule = new Interleaved(), Degrees = plan.Layout.Degrees with { Pipeline = 4, Virtual = 4 } },
        };
        Assert.That(StagesText.Of(interleaved).Last(), Is.EqualTo("rank r holds r, r+4, r+8 and r+12"));
    }

    [Test]
    public void Write_VShapedStages_SaysWhichRankHoldsWhich()
    {
        var plan = SamplePlan.Plan();
        var folded = plan with { Layout = plan.Layout with { Schedule = new DualPipeV(), Degrees = plan.Layout.Degrees with { Pipeline = 8 } } };
        Assert.That(StagesText.Of(folded).Last(), Is.EqualTo("rank r holds r and 15-r"));
    }

    [Test]
    public void Stages_OfAlternatingLayers_SayHowManyOfEachKind()
    {
        var plan = SamplePlan.Plan();
        var mixed = plan with { Model = plan.Model with { Layers = [.. plan.Model.Layers.Select((kind, i) => i % 2 == 0 ? LayerKind.Dense : LayerKind.Moe)] } };
        Assert.That(string.Join("", StagesText.Of(plan)), Does.Match(@"\d moe").And.Not.Match(@"\d dense \+ \d moe.*\d dense \+ \d moe"));
        Assert.That(string.Join("", StagesText.Of(mixed)), Does.Match(@"\d dense \+ \d moe.*\d dense \+ \d moe"));
    }

    [TestCase(0, "0 s")]
    [TestCase(12.3456, "12.35 s")]
    [TestCase(1234.56, "1235 s")]
    [TestCase(0.0123456, "12.35 ms")]
    [TestCase(0.0000123456, "12.35 us")]
    public void Time_PicksItsUnit(double seconds, string text) => Assert.That(Quantity.Time(new Seconds(seconds)), Is.EqualTo(text));

    [TestCase(999_999, "999999")]
    [TestCase(2_741_600, "2.742M")]
    [TestCase(14.8e12, "14.8T")]
    [TestCase(1e9, "1B")]
    public void Count_PicksItsPrefix(double count, string text) => Assert.That(Quantity.Count(count), Is.EqualTo(text));

    private static double Printed(string text, string name) =>
        double.Parse(Regex.Match(text, $@"^    {name} +([0-9.]+) m?s ", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
}
