using System.Globalization;

namespace Planner.Cost.Tests.Kernels;

/// <summary>Rows of data/kernels/deepgemm-fp8-hopper.csv: FP8 GEMMs that DeepGEMM's README published for an H800.</summary>
internal static class DeepGemmTable
{
    public sealed record Row(string Layout, int Groups, int Rows, int Columns, int Depth, double Teraflops);

    public static List<Row> Of(string date) =>
    [
        .. File.ReadLines(Path.Join(Root(), "data", "kernels", "deepgemm-fp8-hopper.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(cells => cells[^1] == date)
            .Select(cells => new Row(cells[0], Whole(cells[1]), Whole(cells[2]), Whole(cells[3]), Whole(cells[4]), double.Parse(cells[5], CultureInfo.InvariantCulture))),
    ];

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Join(folder.FullName, "Planner.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no folder above the tests holds Planner.sln");
        return folder.FullName;
    }
}
