using Planner.Cost;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>The tables of a report: a new one is a file beside this and a line here.</summary>
internal static class ReportTables
{
    private static readonly SummaryTable SummaryOnly = new();

    public static IReadOnlyList<IReportTable> All { get; } =
    [
        SummaryOnly,
        new StagesTable(),
        new MemoryTable(),
        new RanksTable(),
        new TrafficTable(),
        new ExpertsTable(),
        new CandidatesTable(),
        new TimelineTable(),
    ];

    /// <summary>Every table as a file of a folder.</summary>
    public static void Write(FileSet files, string folder, Plan plan, Func<IEnumerable<TimelineEntry>> timeline)
    {
        var source = new ReportSource(plan, timeline);
        foreach (var table in All) files.Add(Path.Join(folder, table.Name + ".csv"), writer => Write(table, writer, source));
    }

    public static string Summary(Plan plan)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(SummaryOnly, writer, new ReportSource(plan, () => []));
        return writer.ToString();
    }

    public static string SummaryHeader() => SummaryOnly.Header + "\n";

    internal static void Write(IReportTable table, TextWriter writer, ReportSource source)
    {
        using var csv = new CsvTable(writer, table.Header);
        table.Rows(csv, source);
    }
}
