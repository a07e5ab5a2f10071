using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>The files of a validation: a new one is a line here.</summary>
internal static class ValidationFiles
{
    private static readonly (string Name, Action<TextWriter, ValidationResult> Write)[] All =
    [
        ("families.csv", (writer, result) => FamiliesTable.Write(writer, result.Scores)),
        ("points.csv", (writer, result) => PointsTable.Write(writer, result.Points)),
        ("skipped.csv", (writer, result) => SkippedTable.Write(writer, result.Skipped)),
        ("scatter.svg", (writer, result) => ScatterSvg.Write(writer, result.Points)),
    ];

    /// <summary>Writes every file of a folder; their paths.</summary>
    public static IEnumerable<string> Add(FileSet files, string folder, ValidationResult result)
    {
        var paths = new List<string>();
        foreach (var (name, write) in All)
        {
            var path = Path.Join(folder, name);
            files.Add(path, writer => write(writer, result));
            paths.Add(path);
        }

        return paths;
    }
}
