using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>Every scored row with its estimate.</summary>
internal static class PointsTable
{
    public static void Write(TextWriter writer, IEnumerable<RunEstimated> points)
    {
        using var csv = new CsvTable(writer, string.Join(',', PointFields.All.Select(field => field.Name)));
        foreach (var point in points)
        {
            foreach (var field in PointFields.All)
            {
                _ = field.Of(point) switch
                {
                    int count => csv.Cell(count),
                    double number => csv.Cell(number),
                    var text => csv.Cell((string?)text),
                };
            }

            csv.End();
        }
    }
}
