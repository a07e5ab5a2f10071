using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Calibration;
using Planner.Tests.Validation;
using Planner.Validation;

namespace Planner.Tests.Calibration;

[TestFixture]
public sealed class FoldsTests
{
    [Test]
    public void EveryRow_IsHeldOutOnce_AndNoModelIsSplit()
    {
        var runs = Known(CalibrationTables.Csv(17, stack => stack));
        var ways = Folds.Of(runs);
        Assert.That(ways, Has.Length.EqualTo(2));
        foreach (var way in ways)
            Assert.That(way.Parts.SelectMany(part => part), Is.EquivalentTo(Enumerable.Range(0, runs.Length)), way.Name);
        Assert.That(ways[0].Parts.Select(part => part.Select(i => runs[i].Run.Model).Distinct().Count()), Is.All.EqualTo(1));
        Assert.That((ways[0].Parts.Length, ways[1].Parts.Length), Is.EqualTo((3, 5)));
    }

    [Test]
    public void OneModel_IsHeldOutByRowOnly()
    {
        var runs = Known(Runs.Csv("id=a", "id=b measured_step_s=5", "id=c measured_step_s=6"));
        Assert.That(Folds.Of(runs).Single().Parts, Has.Length.EqualTo(3));
    }

    [Test]
    public void Fold_DoesNotSeeWhatItHoldsOut()
    {
        var csv = CalibrationTables.Csv(10, stack => CalibrationTables.Hopper(stack, 0.6, 0.5));
        var runs = Known(csv);
        var slower = runs.SetItem(0, runs[0] with { Run = runs[0].Run with { StepSeconds = 2 * runs[0].Measured } });
        ImmutableArray<int> others = [.. Enumerable.Range(1, 9)];
        Assert.That(Fitted(slower, others), Is.EqualTo(Fitted(runs, others)));
        Assert.That(Fitted(slower, [0, .. others]), Is.Not.EqualTo(Fitted(runs, [0, .. others])));
    }

    private static double[] Fitted(ImmutableArray<KnownRun> runs, ImmutableArray<int> rows)
    {
        var stack = CalibrationTables.Stack("megatron");
        var gemm = TunableConstants.Of(stack, runs)[0];
        return new StepFit(new Responses(new RunEstimator(new RunCatalogs()), stack, runs)).Values([gemm], rows);
    }

    private static ImmutableArray<KnownRun> Known(string csv)
    {
        var catalogs = new RunCatalogs();
        return CalibrationRows.Of(Runs.Table(csv), new RunEstimator(catalogs), catalogs).Runs;
    }
}
