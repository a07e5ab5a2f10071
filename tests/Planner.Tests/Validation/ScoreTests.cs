using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Validation;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class ScoreTests
{
    // Errors +10, -20, +5, +40 %: mean absolute 18.75, median (10 + 20) / 2, mean signed 8.75.
    private static readonly ImmutableArray<RunEstimated> Four =
        [Row("a", 10, 11), Row("b", 10, 8), Row("c", 20, 21), Row("d", 5, 7)];

    [Test]
    public void Score_Errors_ByHand()
    {
        var score = Score.Of("x", Four);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(score.Rows, Is.EqualTo(4));
            Assert.That(score.Mape, Is.EqualTo(18.75).Within(1e-9));
            Assert.That(score.MedianApe, Is.EqualTo(15).Within(1e-9));
            Assert.That(score.Bias, Is.EqualTo(8.75).Within(1e-9));
            Assert.That((score.MaxApe!.Value, score.WorstId), Is.EqualTo((40.0, "d")).Using<(double Error, string Id)>((left, right) => Math.Abs(left.Error - right.Error) < 1e-9 && left.Id == right.Id));
            Assert.That(score.MemoryMape, Is.Null);
        }
    }

    [Test]
    public void Score_OddCount_MedianIsTheMiddle() => Assert.That(Score.Of("x", Four[..3]).MedianApe, Is.EqualTo(10).Within(1e-9));

    [Test]
    public void Score_NoRows_HasNoFigures()
    {
        var score = Score.Of("x", []);
        Assert.That((score.Rows, score.Mape, score.MedianApe, score.Bias, score.MaxApe, score.WorstId, score.Spearman, score.Regret), Is.EqualTo((0, (double?)null, (double?)null, (double?)null, (double?)null, (string?)null, (double?)null, (double?)null)));
    }

    [Test]
    public void Score_Memory_OnlyItsRows()
    {
        var score = Score.Of("x", [Row("a", 10, 10, memory: 40, estimated: 50), Row("b", null, 10, memory: 40, estimated: 38), Row("c", 10, 10)]);
        Assert.That((score.Rows, score.MemoryRows), Is.EqualTo((2, 2)));
        Assert.That(score.MemoryMape, Is.EqualTo(15).Within(1e-9));
        Assert.That(score.MemoryMax, Is.EqualTo(25).Within(1e-9));
    }

    // Ranks 1 2 3 4 against 2 1 3 4: 1 - 6 * 2 / (4 * 15) = 0.8. The estimates pick the second, 11 against 10.
    [Test]
    public void Group_SpearmanAndRegret_ByHand()
    {
        var group = RunGroup.Of([10, 11, 12, 13], [9, 8, 10, 11]);
        Assert.That(group.Spearman, Is.EqualTo(0.8).Within(1e-9));
        Assert.That(group.Regret, Is.EqualTo(10).Within(1e-9));
    }

    // Ranks 1 2.5 2.5 4 against 1 2 3 4: covariance 4.5 over the root of 4.5 x 5.
    [Test]
    public void Group_Ties_ShareTheirMeanRank() =>
        Assert.That(RunGroup.Of([10, 11, 11, 13], [1, 2, 3, 4]).Spearman, Is.EqualTo(4.5 / Math.Sqrt(4.5 * 5)).Within(1e-9));

    [Test]
    public void Group_EqualMeasurements_HaveNoOrder() => Assert.That(RunGroup.Of([5, 5, 5, 5], [1, 2, 3, 4]), Is.EqualTo(new RunGroup(null, 0)));

    [Test]
    public void Groups_FewerThanFourRows_AreNone() => Assert.That(RunGroup.Among(Four[..3]), Is.Empty);

    [Test]
    public void Groups_OtherGpusOrModel_AreApart() =>
        Assert.That(RunGroup.Among([.. Four[..2], .. Four[..2].Select(row => row with { Run = row.Run with { Model = "other" } })]), Is.Empty);

    // Twice the batch in less than twice the time is the better choice, though the step is longer: the group compares seconds a token.
    [Test]
    public void Groups_OtherBatch_CompareByToken()
    {
        var rows = Four.Select(row => row with { Tokens = row.Run.StepSeconds!.Value == 20 ? 4e6 : 1e6 });
        var group = RunGroup.Among(rows).Single();

        // Seconds a million tokens: measured 10, 10, 5, 5; estimated 11, 8, 5.25, 7. The estimates pick c, which is among the fastest.
        Assert.That(group.Regret, Is.Zero.Within(1e-9));
        Assert.That(group.Spearman, Is.EqualTo(2.0 * 2 / Math.Sqrt(4 * 5)).Within(1e-9));
    }

    [Test]
    public void Scoreboard_FamiliesAndLevels_InOrder()
    {
        var results = new RunResult[]
        {
            In("a", "second", "low"), In("b", "first", "high"), In("c", "", ""), In("d", "second", "medium"), new RunSkipped(Four[0].Run, "no"),
        };
        var scores = Scoreboard.Of(results);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scores.Families.Select(score => (score.Name, score.Rows)), Is.EqualTo(new[] { ("second", 2), ("first", 1), (Scoreboard.Unnamed, 1) }));
            Assert.That(scores.Confidence.Select(score => score.Name), Is.EqualTo(new[] { "high", "medium", "low", Scoreboard.Unnamed }));
            Assert.That((scores.Overall.Rows, scores.High!.Rows), Is.EqualTo((4, 1)));
        }
    }

    private static RunEstimated In(string id, string family, string confidence)
    {
        var row = Row(id, 10, 11);
        return row with { Run = row.Run with { Family = family, Confidence = confidence } };
    }

    private static RunEstimated Row(string id, double? measured, double predicted, double? memory = null, double estimated = 0)
    {
        var run = new MeasuredRun { Id = id, Model = "m", Hardware = "h", StepSeconds = measured, MemoryGib = memory };
        var layout = new LayoutSpec(new Degrees(8, 1, 1, 1, 1, 1), 1, 1, new OneForwardOneBackward(), RecomputePolicy.None, Sharding.None);
        var zero = Seconds.Zero;
        var estimate = new Estimate(
            new Seconds(predicted), new StepParts(new Seconds(predicted), zero, zero, zero, zero, zero, zero), [], [], [], 0, default, 0);
        return new RunEstimated(run, "s", layout, new TrainerPlacement(TrainerPlacement.Even, new StagePlan([])), 1e6, estimate, Bytes.FromGib(estimated), []);
    }
}
