using System.Globalization;
using System.Text.RegularExpressions;

namespace Planner.Tests;

/// <summary>Rows of a CSV text by column name.</summary>
internal static partial class CsvRows
{
    public static List<Dictionary<string, string>> Of(string csv)
    {
        var lines = csv.TrimEnd('\n').Split('\n').Select(line => Cells().Matches(line).Select(match => match.Groups[1].Value.Trim('"')).ToList()).ToList();
        return [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    public static double Number(this Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    [GeneratedRegex("(?:^|,)(\"[^\"]*\"|[^,]*)")]
    private static partial Regex Cells();
}
