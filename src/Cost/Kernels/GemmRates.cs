using System.Collections.Immutable;

namespace Planner.Cost.Kernels;

/// <summary>One tile shape of a GEMM kernel; <paramref name="Penalty"/> is its time a FLOP against the best tile's.</summary>
public readonly record struct GemmTile(int Rows, int Columns, double Penalty);

/// <summary>A measured GEMM: groups of rows x columns x depth, in TFLOP/s of the whole GPU alone.</summary>
public readonly record struct MeasuredGemm(int Groups, int Rows, int Columns, int Depth, double Teraflops);

/// <summary>Rates of a GEMM kernel family on one architecture at one precision.</summary>
/// <param name="Efficiency">Share of the dense peak in the main loop.</param>
/// <param name="RampDepth">Depth (in elements of k) worth of time that a tile's start and end cost.</param>
/// <param name="MemoryEfficiency">Share of HBM's peak when bytes bind.</param>
/// <param name="Tiles">Tile shapes the kernel chooses from.</param>
/// <param name="Table">Measured shapes; an exact match replaces the formula.</param>
public sealed record GemmRates(
    double Efficiency,
    double RampDepth,
    double MemoryEfficiency,
    ImmutableArray<GemmTile> Tiles,
    ImmutableArray<MeasuredGemm> Table)
{
    /// <summary>The rates are those of short bursts, so that a long step runs at the machine's sustained clock; false: they were taken in training, or under its load.</summary>
    public bool Bursts { get; init; }
}
