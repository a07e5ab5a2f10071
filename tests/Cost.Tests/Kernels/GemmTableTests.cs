using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost.Kernels;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Kernels;

/// <summary>
/// The tile formula against measured tables (data/kernels/README.md). Constants were fitted to the rows marked fit; every figure below is the
/// error on the rows marked test, which no fit saw.
/// </summary>
[TestFixture]
public sealed class GemmTableTests
{
    /// <summary>Kernels shorter than this ran in bursts, at the full clock (microseconds).</summary>
    private const double Burst = 640;

    /// <summary>Kernels longer than this kept the GPU at its power limit (microseconds).</summary>
    private const double PowerLimited = 10_000;

    /// <summary>One tile set for every NVIDIA table; the fit chooses efficiency, clock and ramp only.</summary>
    private static readonly ImmutableArray<GemmTile> Tiles =
    [
        new(128, 64, 1.3), new(128, 96, 1.05), new(128, 128, 1.03), new(128, 160, 1), new(128, 192, 1), new(128, 224, 1.05), new(128, 256, 1),
        new(256, 128, 1),
    ];

    private static readonly Machine A100 = new(108, 312, 2.039);
    private static readonly Machine H100 = new(132, 989.4, 3.35);
    private static readonly Machine H200 = new(132, 989.4, 4.8);
    private static readonly Machine B200 = new(148, 2250, 8);
    private static readonly Machine Gb200 = new(148, 2500, 8);
    private static readonly Machine L40s = new(142, 362, 0.864);

    private static readonly Fit[] Fits =
    [
        // Share of the peak in bursts, what the power limit leaves of it, ramp, launches; then mean and median error on rows not fitted.
        new("gemm-a100-bf16.csv", A100, 1, 2, 0.850, 0.960, 128, 2, 0.042, 0.019),
        new("gemm-h100-bf16.csv", H100, 1, 2, 0.825, 0.870, 128, 2, 0.026, 0.019),
        new("gemm-h200-bf16.csv", H200, 1, 2, 0.820, 0.815, 128, 2, 0.026, 0.021),
        new("gemm-l40s-bf16.csv", L40s, 1, 2, 0.670, 0.785, 0, 2, 0.069, 0.053),
        new("gemm-b200-bf16.csv", B200, 1, 2, 0.705, 0.875, 32, 2, 0.039, 0.033),
        new("gemm-b300-bf16.csv", B200, 1, 2, 0.765, 0.820, 32, 2, 0.051, 0.044),
        new("gemm-gb200-bf16.csv", Gb200, 1, 2, 0.690, 0.820, 64, 2, 0.044, 0.037),
        new("gemm-gb300-bf16.csv", Gb200, 1, 2, 0.785, 0.865, 64, 2, 0.040, 0.033),
        new("gemm-h100-fp8.csv", H100, 2, 1, 0.850, 0.875, 384, 8, 0.038, 0.024),
        new("gemm-h200-fp8.csv", H200, 2, 1, 0.825, 0.860, 256, 8, 0.041, 0.026),
        new("gemm-l40s-fp8.csv", L40s, 2, 1, 0.640, 0.825, 384, 2, 0.053, 0.037),
        new("gemm-b200-fp8.csv", B200, 2, 1, 0.710, 0.920, 128, 4, 0.041, 0.036),
        new("gemm-gb200-fp8.csv", Gb200, 2, 1, 0.650, 0.940, 192, 4, 0.043, 0.031),
        new("gemm-gb300-fp8.csv", Gb200, 2, 1, 0.770, 0.990, 192, 4, 0.030, 0.025),
        new("gemm-h100-fp8-blocks.csv", H100, 2, 1, 0.785, 0.845, 256, 6, 0.034, 0.027),
        new("gemm-h200-fp8-blocks.csv", H200, 2, 1, 0.745, 0.835, 256, 6, 0.060, 0.044),
        new("gemm-b200-fp8-blocks.csv", B200, 2, 1, 0.730, 0.725, 384, 8, 0.065, 0.047),
        new("gemm-gb200-fp8-blocks.csv", Gb200, 2, 1, 0.700, 0.740, 384, 8, 0.052, 0.039),
        new("gemm-gb300-fp8-blocks.csv", Gb200, 2, 1, 0.790, 0.845, 384, 8, 0.052, 0.043),
        new("gemm-b200-nvfp4.csv", B200, 4, 0.5625, 0.655, 0.585, 512, 8, 0.054, 0.028),
        new("gemm-gb200-nvfp4.csv", Gb200, 4, 0.5625, 0.650, 0.525, 512, 8, 0.050, 0.029),
        new("gemm-gb300-nvfp4.csv", Gb200, 4, 0.5625, 0.605, 0.475, 512, 8, 0.072, 0.036),
    ];

    [TestCaseSource(nameof(Fits))]
    public void Formula_meets_the_shapes_that_no_fit_saw(Fit fit)
    {
        var rows = GemmTable.Read(fit.Table);
        var errors = rows.Where(row => row.Test).Select(row => Math.Abs((Microseconds(fit, row) / row.Microseconds) - 1)).Order().ToList();
        Assert.That(errors, Has.Count.GreaterThan(120));
        Assert.That(errors.Average(), Is.LessThan(fit.Mean));
        Assert.That(errors[errors.Count / 2], Is.LessThan(fit.Median));
    }

    /// <summary>Without waves and ramps, the best constant share of the peak is worse on the same rows.</summary>
    [TestCase("gemm-h100-bf16.csv")]
    [TestCase("gemm-b200-bf16.csv")]
    [TestCase("gemm-a100-bf16.csv")]
    public void A_constant_share_of_the_peak_is_worse(string table)
    {
        var fit = Fits.Single(fit => fit.Table == table);
        var rows = GemmTable.Read(table);
        double Share(GemmTable.Row row) => 2.0 * row.Rows * row.Columns * row.Depth / (row.Microseconds * 1e6 * fit.Machine.Teraflops * fit.Rate);
        var shares = rows.Where(row => !row.Test).Select(Share).Order().ToList();
        var constant = shares[shares.Count / 2];
        var test = rows.Where(row => row.Test).ToList();
        Assert.That(test.Average(row => Math.Abs((Share(row) / constant) - 1)), Is.GreaterThan(1.25 * fit.Mean));
    }

    /// <summary>The passes of a training step: the gradient of the input costs what forward does, FP32 accumulation a little more.</summary>
    [TestCase("gemm-a100-pcie-layouts.csv", 1.6, 0.77, 128, 0.036, 0.041)]
    [TestCase("gemm-b200-layouts.csv", 8.0, 0.505, 32, 0.105, 0.105)]
    public void Layouts_of_training_share_one_efficiency(string table, double memory, double efficiency, double ramp, double forward, double weight)
    {
        var machine = (table.Contains("a100", StringComparison.Ordinal) ? A100 : B200) with { Memory = memory };
        var rates = new GemmRates(efficiency, ramp, 0.8, Tiles, []);
        var rows = GemmTable.ReadLayouts(table);
        double Error((string Pass, string Output, int Rows, int Columns, int Depth, double Teraflops) row)
        {
            var accumulates = row.Pass == "weight_gradient";
            var seconds = Seconds(rates, machine, 1, 2, accumulates ? 8 : 2, row.Rows, row.Columns, row.Depth);
            if (accumulates) seconds += 0.3 * 8.0 * row.Rows * row.Columns / (0.8 * memory * 1e12);
            return Math.Abs((seconds * row.Teraflops * 1e12 / (2.0 * row.Rows * row.Columns * row.Depth)) - 1);
        }

        Assert.That(rows.Where(row => row.Pass == "forward").Average(Error), Is.LessThan(forward));
        Assert.That(rows.Where(row => row.Pass == "input_gradient").Average(Error), Is.LessThan(forward + 0.007));
        Assert.That(rows.Where(row => row is { Pass: "weight_gradient", Output: "fp32" }).Average(Error), Is.LessThan(weight));
    }

    private static double Microseconds(Fit fit, GemmTable.Row row)
    {
        double At(double efficiency) => 1e6 * Seconds(
            new GemmRates(efficiency, fit.Ramp, 0.8, Tiles, []), fit.Machine, fit.Rate, fit.InputBytes, 2, row.Rows, row.Columns, row.Depth);
        var burst = At(fit.Efficiency);
        var heat = Math.Clamp(Math.Log(burst / Burst) / Math.Log(PowerLimited / Burst), 0, 1);
        return At(fit.Efficiency * Math.Pow(fit.Clock, heat)) + fit.Launch + row.CastMicroseconds;
    }

    private static double Seconds(
        GemmRates rates, Machine machine, double rate, double inputBytes, double outputBytes, int rows, int columns, int depth) =>
        Gemm.Seconds(
            rates,
            FlopsPerSecond.FromTeraflops(machine.Teraflops * rate),
            BytesPerSecond.FromTerabytes(machine.Memory),
            machine.Multiprocessors,
            1,
            rows,
            columns,
            depth,
            inputBytes,
            outputBytes);

    /// <summary>SMs, dense BF16 peak (TFLOP/s) and memory (TB/s) of the data sheet.</summary>
    public sealed record Machine(int Multiprocessors, double Teraflops, double Memory);

    /// <summary>A fit to one table and its error on the rows kept back.</summary>
    public sealed record Fit(
        string Table,
        Machine Machine,
        double Rate,
        double InputBytes,
        double Efficiency,
        double Clock,
        double Ramp,
        double Launch,
        double Mean,
        double Median)
    {
        public override string ToString() => Table;
    }
}
