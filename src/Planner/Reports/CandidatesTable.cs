namespace Planner.Reports;

/// <summary>Every layout that was more than a bound.</summary>
internal sealed class CandidatesTable : IReportTable
{
    public string Name => "candidates";

    public string Header => $"{LayoutCells.Header},bound_s,step_s,peak_gib,outcome,reason";

    public void Rows(CsvTable table, ReportSource source)
    {
        foreach (var candidate in source.Plan.Candidates)
        {
            table.Layout(candidate.Layout)
                .Cell(candidate.Bound.Value).Cell(candidate.Step?.Value).Cell(candidate.Peak?.Gib)
                .Cell(candidate.Outcome).Cell(candidate.Reason)
                .End();
        }
    }
}
