using System.Globalization;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>Rows that are not scored, with the reason.</summary>
internal static class SkippedTable
{
    public static void Write(TextWriter writer, IEnumerable<SkippedRow> skipped)
    {
        using var csv = new CsvTable(writer, "id,line,family,reason");
        foreach (var row in skipped)
            csv.Cell(row.Id).Cell(row.Line.ToString(CultureInfo.InvariantCulture)).Cell(row.Family).Cell(row.Reason).End();
    }
}
