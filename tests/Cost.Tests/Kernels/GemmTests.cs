using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost.Kernels;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Kernels;

[TestFixture]
public sealed class GemmTests
{
    private const int Multiprocessors = 132;
    private static readonly FlopsPerSecond Peak = FlopsPerSecond.FromTeraflops(1978.9);
    private static readonly BytesPerSecond Memory = BytesPerSecond.FromTerabytes(3.35);

    /// <summary>Bytes never bind.</summary>
    private static readonly BytesPerSecond NoLimit = BytesPerSecond.FromTerabytes(1e9);

    /// <summary>The fit to the table: 0.73 of the peak, a ramp of 700, block sizes of DeepGEMM.</summary>
    private static readonly GemmRates Fit = new(
        0.73,
        700,
        0.8,
        [new(128, 64, 1.3), new(128, 96, 1.1), new(128, 112, 1.05), new(128, 128, 1.05), new(128, 152, 1), new(128, 160, 1)],
        []);

    [Test]
    public void Formula_meets_the_published_shapes_of_training_size()
    {
        var errors = DeepGemmTable.Of("2025-02-25")
            .Where(row => row.Layout is "dense" or "grouped_contiguous" && row.Rows >= 4096)
            .ToDictionary(row => (row.Groups, row.Rows, row.Columns, row.Depth), row => (Rate(Fit, row) / row.Teraflops) - 1);
        Assert.That(errors, Has.Count.EqualTo(10));
        Assert.That(errors.Count(error => Math.Abs(error.Value) < 0.06), Is.EqualTo(9));
        Assert.That(Math.Abs(errors[(1, 4096, 2112, 7168)]), Is.LessThan(0.09));
    }

    [Test]
    public void Measured_shape_replaces_the_formula()
    {
        foreach (var row in DeepGemmTable.Of("2025-02-25").Where(row => row.Rows >= 4096))
        {
            var table = Fit with { Table = [new MeasuredGemm(row.Groups, row.Rows, row.Columns, row.Depth, row.Teraflops)] };
            Assert.That(Rate(table, row), Is.EqualTo(row.Teraflops).Within(1e-9).Percent);

            // Any other shape does not know of it.
            var other = row with { Depth = row.Depth + 128 };
            Assert.That(Rate(table, other), Is.EqualTo(Rate(Fit, other)));
        }
    }

    [Test]
    public void A_tile_more_than_a_wave_is_a_wave_more()
    {
        var oneTile = Fit with { Tiles = [new GemmTile(128, 128, 1)] };
        double Time(double tiles) => Seconds(oneTile, 1, 128 * tiles, 128, 4096, NoLimit);
        Assert.That(Time(Multiprocessors), Is.EqualTo(Time(1)).Within(1e-9).Percent);
        Assert.That(Time(Multiprocessors + 1), Is.EqualTo(2 * Time(1)).Within(1e-9).Percent);
        Assert.That(Time((2 * Multiprocessors) + 0.01), Is.EqualTo(3 * Time(1)).Within(1e-9).Percent);

        // By hand: a tile's FLOPs with the ramp, at an SM's share of the peak.
        Assert.That(Time(1), Is.EqualTo(2.0 * 128 * 128 * (4096 + 700) / (0.73 * 1978.9e12 / 132)).Within(1e-9).Percent);
    }

    [Test]
    public void Groups_share_waves()
    {
        var oneTile = Fit with { Tiles = [new GemmTile(128, 128, 1)] };
        double Time(double groups) => Seconds(oneTile, groups, 256, 128, 4096, NoLimit);
        Assert.That(Time(66), Is.EqualTo(Time(1)).Within(1e-9).Percent);
        Assert.That(Time(67), Is.EqualTo(2 * Time(1)).Within(1e-9).Percent);
    }

    [Test]
    public void Few_rows_are_bound_by_the_weights_bytes()
    {
        var bytes = (8.0 * 7168) + (32768.0 * 7168) + (2 * 8.0 * 32768);
        Assert.That(Seconds(Fit, 1, 8, 32768, 7168), Is.EqualTo(bytes / (0.8 * 3.35e12)).Within(1e-9).Percent);
    }

    [Test]
    public void Best_tile_is_taken()
    {
        var each = Fit.Tiles.Select(tile => Seconds(Fit with { Tiles = [tile] }, 1, 4096, 7168, 2048)).ToImmutableArray();
        Assert.That(Seconds(Fit, 1, 4096, 7168, 2048), Is.EqualTo(each.Min()));
    }

    [Test]
    public void Nothing_takes_no_time() => Assert.That(Seconds(Fit, 0, 4096, 7168, 2048) + Seconds(Fit, 1, 0, 7168, 2048), Is.Zero);

    private static double Rate(GemmRates rates, DeepGemmTable.Row row) =>
        2.0 * row.Groups * row.Rows * row.Columns * row.Depth / Seconds(rates, row.Groups, row.Rows, row.Columns, row.Depth) / 1e12;

    private static double Seconds(GemmRates rates, double groups, double rows, double columns, double depth, BytesPerSecond? memory = null) =>
        Gemm.Seconds(rates, Peak, memory ?? Memory, Multiprocessors, groups, rows, columns, depth, 1, 2);
}
