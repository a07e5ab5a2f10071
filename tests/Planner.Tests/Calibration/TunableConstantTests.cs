using NUnit.Framework;
using Planner.Calibration;
using Planner.Inputs;
using Planner.Reports.Calibration;

namespace Planner.Tests.Calibration;

[TestFixture]
public sealed class TunableConstantTests
{
    [TestCase("megatron")]
    [TestCase("nemo")]
    [TestCase("deepseek")]
    [TestCase("megatron-deepspeed-2024")]
    public void WrittenAndRead_IsTheSameStack(string name)
    {
        var start = CalibrationTables.Stack(name);
        foreach (var constant in CalibrationTables.Constants(start).Where(constant => start.For("hopper") is not null))
        {
            var before = constant.Read(start);
            var value = constant.Value(constant.Coordinate(constant.Around(before).Low == before ? constant.Around(before).High : constant.Around(before).Low));
            var changed = constant.Write(start, value);
            var result = new CalibrationResult(start, 1, [], [], 1, [], 0, null, true);
            var fit = new FittedStack(constant.Fields(start, value), [], 0, new HeldOut("", [], [], 0));
            using var folder = new TemporaryFolder();
            var file = Path.Join(folder.Path, "stack.json");
            File.WriteAllText(file, CalibratedStackFile.Write(result, fit, "runs.csv", name));
            var read = new StackCatalog().Load(file).Spec;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(constant.Read(changed), Is.EqualTo(value).Within(1e-9 * Math.Abs(value)), constant.Path);
                Assert.That(constant.Read(changed), Is.Not.EqualTo(before), constant.Path);
                Assert.That(constant.Read(read), Is.EqualTo(constant.Read(changed)), constant.Path);
                Assert.That(read.Exposed, Is.EqualTo(changed.Exposed), constant.Path);
                Assert.That(read.Overlap, Is.EqualTo(changed.Overlap), constant.Path);
                Assert.That(read.Host, Is.EqualTo(changed.Host), constant.Path);
                Assert.That(read.Experts.LoadFactorByExpertsPerGpu, Is.EqualTo(changed.Experts.LoadFactorByExpertsPerGpu), constant.Path);
                Assert.That(read.For("hopper")!.Gemm.Values.Select(gemm => gemm.Efficiency), Is.EquivalentTo(changed.For("hopper")!.Gemm.Values.Select(gemm => gemm.Efficiency)));
            }
        }
    }
}
