using System.Globalization;

namespace Planner.Cost.Tests.Kernels;

/// <summary>Rows of a data/kernels/gemm-*.csv of single GEMMs: measured time, the input's cast inside it, and whether a fit may see it.</summary>
internal static class GemmTable
{
    public sealed record Row(int Rows, int Columns, int Depth, double Microseconds, double CastMicroseconds, bool Test);

    public static List<Row> Read(string name) =>
    [
        .. File.ReadLines(Path.Join(DeepGemmTable.Root(), "data", "kernels", name))
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => new Row(Whole(cells[0]), Whole(cells[1]), Whole(cells[2]), Real(cells[3]), Real(cells[7]), cells[8] == "test")),
    ];

    /// <summary>Rows of a table of layouts that a training step runs: pass, output type, shape and TFLOP/s.</summary>
    public static List<(string Pass, string Output, int Rows, int Columns, int Depth, double Teraflops)> ReadLayouts(string name) =>
    [
        .. File.ReadLines(Path.Join(DeepGemmTable.Root(), "data", "kernels", name))
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => (cells[0], cells[1], Whole(cells[2]), Whole(cells[3]), Whole(cells[4]), Real(cells[5]))),
    ];

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
