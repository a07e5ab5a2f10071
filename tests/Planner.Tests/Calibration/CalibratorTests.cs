using NUnit.Framework;
using Planner.Calibration;

namespace Planner.Tests.Calibration;

[TestFixture]
public sealed class CalibratorTests
{
    private const string Gemm = "rates.hopper.gemm.bf16.efficiency";
    private const string Memory = "rates.hopper.memory_efficiency";

    [TestCase(0, ExpectedResult = 0)]
    [TestCase(4, ExpectedResult = 0)]
    [TestCase(5, ExpectedResult = 1)]
    [TestCase(9, ExpectedResult = 1)]
    [TestCase(10, ExpectedResult = 2)]
    [TestCase(25, ExpectedResult = 3)]
    public int Supported_OneFromFive_OneMoreEveryTen(int runs) => Calibrator.Supported(runs);

    [Test]
    public void OneConstantOff_IsFoundAgain()
    {
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(8, stack => CalibrationTables.Hopper(stack, 0.6, Default(Memory))));
        var kept = result.Constants.Single(constant => constant.Kept);
        Assert.That(kept.Path, Is.EqualTo(Gemm));
        Assert.That(kept.After, Is.EqualTo(0.6).Within(0.002));
        Assert.That((result.Fit!.Mape, result.Fit.HeldOut.Mape), Is.LessThan((0.2, 0.2)));
    }

    [Test]
    public void TwoConstantsOff_AreFoundAgain_WhereTheRowsSupportTwo()
    {
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(36, stack => CalibrationTables.Hopper(stack, 0.6, 0.4)));
        var kept = result.Constants.Where(constant => constant.Kept).ToDictionary(constant => constant.Path, constant => constant.After!.Value);
        Assert.That(kept.Keys, Is.EquivalentTo(new[] { Gemm, Memory }));
        Assert.That(kept[Gemm], Is.EqualTo(0.6).Within(0.005));
        Assert.That(kept[Memory], Is.EqualTo(0.4).Within(0.01));
    }

    [Test]
    public void OneOddRow_DoesNotDecide()
    {
        var result = CalibrationTables.Calibrate(
            CalibrationTables.Csv(18, stack => CalibrationTables.Hopper(stack, 0.6, Default(Memory)), row => row == 4 ? 2 : 1));
        Assert.That(result.Constants.First(constant => constant.Path == Gemm).After, Is.EqualTo(0.6).Within(0.03));
    }

    [Test]
    public void DefaultsWithScatter_AreKept()
    {
        double[] scatter = [1.08, 0.93, 1.05, 0.96, 0.9, 1.11, 0.98];
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(20, stack => stack, row => scatter[row % scatter.Length]));
        Assert.That(result.Better, Is.False);
        Assert.That(result.Constants.Where(constant => constant.Kept), Is.Empty);
    }

    [Test]
    public void FewerThanFiveRows_SetNothing()
    {
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(4, stack => CalibrationTables.Hopper(stack, 0.5, 0.5)));
        Assert.That((result.Fit, result.Supported), Is.EqualTo(((FittedStack?)null, 0)));
        Assert.That(result.Constants.First(constant => constant.Path == Gemm).Reason, Is.EqualTo("4 usable rows; a fit needs 5"));
    }

    [Test]
    public void NineRows_SetOneConstant_ThoughTwoAreOff()
    {
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(9, stack => CalibrationTables.Hopper(stack, 0.5, 0.4)));
        Assert.That(result.Constants.Count(constant => constant.Kept), Is.EqualTo(1));
        Assert.That(result.Constants.First(constant => constant.Path == Memory).Reason, Is.EqualTo("9 rows support 1 constant, which is taken"));
    }

    [Test]
    public void RunsFasterThanTheHardware_EndOnALimit_AndAreRefused()
    {
        var result = CalibrationTables.Calibrate(CalibrationTables.Csv(9, stack => CalibrationTables.Hopper(stack, 1, 1), _ => 0.95));
        var gemm = result.Constants.First(constant => constant.Path == Gemm);
        Assert.That((gemm.Kept, gemm.After), Is.EqualTo((false, 1.0)));
        Assert.That(gemm.Reason, Does.StartWith("the fit ends on the limit 1 of its range"));
    }

    [Test]
    public void RowsAlike_CannotTellASecondConstant()
    {
        var one = CalibrationTables.Csv(1, stack => CalibrationTables.Hopper(stack, 0.6, Default(Memory))).Split('\n');
        var rows = string.Concat(Enumerable.Range(0, 12).Select(i => one[1].Replace("r0,", $"r{i},", StringComparison.Ordinal) + "\n"));
        var result = CalibrationTables.Calibrate(one[0] + "\n" + rows);
        Assert.That(result.Constants.Single(constant => constant.Kept).Path, Is.EqualTo(Gemm));
        Assert.That(result.Constants.First(constant => constant.Path == Memory).Reason, Does.StartWith("the rows cannot tell it from those already kept"));
    }

    [Test]
    public void Twice_GivesTheSame()
    {
        var csv = CalibrationTables.Csv(12, stack => CalibrationTables.Hopper(stack, 0.7, 0.5), row => 1 + (0.01 * (row % 5)));
        var (first, second) = (CalibrationTables.Calibrate(csv), CalibrationTables.Calibrate(csv));
        Assert.That(second.Constants, Is.EqualTo(first.Constants));
        Assert.That(second.Fit!.Steps, Is.EqualTo(first.Fit!.Steps));
    }

    private static double Default(string path)
    {
        var stack = CalibrationTables.Stack("megatron");
        return CalibrationTables.Constants(stack).First(constant => constant.Path == path).Read(stack);
    }
}
