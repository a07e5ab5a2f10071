using System.Globalization;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>
/// The GEMM constants that ship in stack and hardware files against the measured tables that ship beside them: kernels in short bursts at the full
/// clock, kernels of 10 ms and more at the sustained one.
/// </summary>
[TestFixture]
public sealed class StackKernelTests
{
    private const double Burst = 640;
    private const double Long = 10_000;

    // Mean absolute errors; the A100 library splits the depth of some shapes, which the formula does not. Long kernels of FP8 are throttled more than the one clock of a machine says on Hopper, less on Blackwell.
    [TestCase("gemm-a100-bf16.csv", "a100-80", Precision.Bf16, 0.09, 0.05)]
    [TestCase("gemm-h100-bf16.csv", "h100", Precision.Bf16, 0.05, 0.05)]
    [TestCase("gemm-h200-bf16.csv", "h200", Precision.Bf16, 0.05, 0.05)]
    [TestCase("gemm-b200-bf16.csv", "b200", Precision.Bf16, 0.06, 0.06)]
    [TestCase("gemm-gb200-bf16.csv", "gb200", Precision.Bf16, 0.07, 0.06)]
    [TestCase("gemm-l40s-bf16.csv", "l40s", Precision.Bf16, 0.10, 0.08)]
    [TestCase("gemm-h100-fp8.csv", "h100", Precision.Fp8, 0.10, 0.08)]
    [TestCase("gemm-b200-fp8.csv", "b200", Precision.Fp8, 0.08, 0.12)]
    public void Shipped_constants_meet_the_shipped_tables(string table, string hardware, Precision precision, double burst, double sustained)
    {
        MachineSpec machine = new HardwareCatalog().Load(hardware).Spec;
        ArchitectureRates rates = new StackCatalog().Load("megatron").Spec.For(machine.Accelerator.Architecture)!;
        var rows = Shipped.Text("kernels/" + table).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => (Rows: Number(cells[0]), Columns: Number(cells[1]), Depth: Number(cells[2]), Time: Number(cells[3]) - Number(cells[7])))
            .ToList();
        double Error((double Rows, double Columns, double Depth, double Time) row, double clock)
        {
            double seconds = Gemm.Seconds(
                rates.Gemm[precision],
                new FlopsPerSecond(machine.Accelerator.Peak(precision).Value * clock),
                machine.Accelerator.MemoryBandwidth,
                machine.Accelerator.Multiprocessors,
                1,
                row.Rows,
                row.Columns,
                row.Depth,
                precision.Bytes(),
                2);
            return Math.Abs(((1e6 * seconds) + (rates.KernelLaunch.Value * 1e6)) / row.Time - 1);
        }

        // Shapes of training: at least a wave of tiles.
        var large = rows.Where(row => row.Time > 40).ToList();
        var quick = large.Where(row => row.Time < Burst).ToList();
        var slow = large.Where(row => row.Time > Long).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(quick, Has.Count.GreaterThan(30));
            Assert.That(slow, Has.Count.AtLeast(4));
            Assert.That(quick.Average(row => Error(row, 1)), Is.LessThan(burst));
            Assert.That(slow.Average(row => Error(row, machine.Accelerator.SustainedClock)), Is.LessThan(sustained));
        });
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
