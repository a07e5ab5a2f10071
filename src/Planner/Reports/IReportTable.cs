using Planner.Cost;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>What the tables are made of.</summary>
internal sealed record ReportSource(Plan Plan, Func<IEnumerable<TimelineEntry>> Timeline);

/// <summary>One CSV table of a report; one file each, listed in <see cref="ReportTables"/>.</summary>
internal interface IReportTable
{
    /// <summary>File name without extension.</summary>
    string Name { get; }

    /// <summary>Column names, with units; new ones come at the end.</summary>
    string Header { get; }

    void Rows(CsvTable table, ReportSource source);
}
