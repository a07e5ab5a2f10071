using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Calibration;
using Planner.Validation;

namespace Planner.Tests.Calibration;

/// <summary>Published runs: every other row of a family calibrates, the rows between tell whether that was worth it.</summary>
[TestFixture]
public sealed class HalfFamilyTests
{
    // Points that chance may take from the other half where the calibration promised a gain.
    private const double Chance = 0.5;

    private static readonly RunTable Published = RunTable.Read(Path.Join(AppContext.BaseDirectory, "data", "measurements", "published-runs.csv"));

    [TestCase("mpt-fsdp", null)]
    [TestCase("zero-bubble", null)]
    [TestCase("mlperf-lora-70b", null)]
    [TestCase("mpt-fsdp", "megatron")]
    [TestCase("zero-bubble", "megatron")]
    [TestCase("vtrain", "megatron")]
    public void HalfAFamily_ImprovesTheOtherHalf_OrSaysThatItCannot(string family, string? stack)
    {
        var rows = Published.Runs.Where(run => run.Family == family).ToList();
        var result = Calibrated([.. rows.Where((_, i) => i % 2 == 0)], stack, out var estimator);
        ImmutableArray<MeasuredRun> other = [.. rows.Where((_, i) => i % 2 == 1)];
        var before = Mape(estimator.Estimate(other));
        if (!result.Better)
        {
            Assert.That(result.Constants.Select(constant => constant.Reason), Is.All.Not.Null);
            Assert.That(result.Fit, Is.Null.Or.Property(nameof(FittedStack.HeldOut)).Property(nameof(HeldOut.Mape)).GreaterThan(result.DefaultMape - (result.DefaultMape / 4)));
            return;
        }

        var after = Mape(estimator.Estimate(other, spec => result.Constants.Where(constant => constant.Kept).Aggregate(
            spec, (changed, constant) => TunableConstants.Of(result.Stack, result.Runs).First(one => one.Path == constant.Path).Write(changed, constant.After!.Value))));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{family} from {result.Stack.Name}: other half {before:0.0} -> {after:0.0} %, promised {result.DefaultMape:0.0} -> {result.Fit!.HeldOut.Mape:0.0} %"));
        Assert.That(after, Is.LessThan(before + Chance));
        if (stack is not null) Assert.That(after, Is.LessThan(0.9 * before), "a stack of other software leaves much to learn");
    }

    private static CalibrationResult Calibrated(ImmutableArray<MeasuredRun> half, string? stack, out RunEstimator estimator)
    {
        var catalogs = new RunCatalogs();
        estimator = new RunEstimator(catalogs, stack);
        var rows = CalibrationRows.Of(new RunTable(half, [], []), estimator, catalogs);
        return Calibrator.Run(estimator, catalogs.Stack(rows.Stack!).Spec, half.Length, rows.Runs, rows.LeftOut);
    }

    private static double Mape(ImmutableArray<RunResult> results) =>
        results.OfType<RunEstimated>().Select(run => run.StepError).OfType<double>().Average(Math.Abs);
}
