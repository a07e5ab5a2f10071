using Planner.Cost.Units;

namespace Planner.Cost.Kernels;

/// <summary>
/// Time of a (grouped) matrix multiply on the whole GPU, alone. A tile of rows x columns runs its depth plus a ramp at a share of the peak;
/// tiles run in waves over the SMs; the kernel takes the best of its tiles; memory binds where bytes take longer. A measured shape replaces
/// the tile formula. Fitted to kernel tables only (data/stacks names which).
/// </summary>
public static class Gemm
{
    /// <summary>Seconds of groups x (rows x columns x depth).</summary>
    /// <param name="rates">Kernel family.</param>
    /// <param name="peak">Dense peak of the GPU.</param>
    /// <param name="memory">HBM peak.</param>
    /// <param name="multiprocessors">SMs of the GPU.</param>
    /// <param name="groups">Independent multiplies of one call.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="depth">Inner dimension.</param>
    /// <param name="inputBytes">Bytes an element of both inputs.</param>
    /// <param name="outputBytes">Bytes an element of the result.</param>
    public static double Seconds(
        GemmRates rates,
        FlopsPerSecond peak,
        BytesPerSecond memory,
        int multiprocessors,
        double groups,
        double rows,
        double columns,
        double depth,
        double inputBytes,
        double outputBytes)
    {
        if (groups <= 0 || rows <= 0 || columns <= 0 || depth <= 0) return 0;
        foreach (var measured in rates.Table)
        {
            if (measured.Rows == rows && measured.Columns == columns && measured.Depth == depth && measured.Groups == groups)
                return 2 * groups * rows * columns * depth / (measured.Teraflops * 1e12);
        }

        var perMultiprocessor = rates.Efficiency * peak.Value / multiprocessors;
        var best = double.PositiveInfinity;
        foreach (var tile in rates.Tiles)
        {
            var tiles = groups * Math.Ceiling(rows / tile.Rows) * Math.Ceiling(columns / tile.Columns);
            var waves = Math.Ceiling(tiles / multiprocessors);
            var time = waves * 2 * tile.Rows * tile.Columns * (depth + rates.RampDepth) * tile.Penalty / perMultiprocessor;
            if (time < best) best = time;
        }

        var bytes = groups * (((rows + columns) * depth * inputBytes) + (rows * columns * outputBytes));
        return Math.Max(best, bytes / (rates.MemoryEfficiency * memory.Value));
    }
}
