using Planner.Plans;

namespace Planner.Reports;

/// <summary>The plan, then its alternatives.</summary>
internal sealed class SummaryTable : IReportTable
{
    public string Name => "summary";

    public string Header => $"plan,{LayoutCells.Header},step_s,change_percent,peak_gib,bubble_s,tokens_per_gpu_per_s,mfu,status";

    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        var estimate = plan.Estimate;
        table.Cell("plan").Layout(plan.Layout)
            .Cell(estimate.Step.Value).Cell(0).Cell(estimate.Fullest.Total.Gib).Cell(estimate.Parts.Bubble.Value)
            .Cell(estimate.TokensPerGpuPerSecond).Cell(estimate.Mfu)
            .Cell(plan.Solver is { } solver ? PlanWords.Of(solver.Status) : "estimated")
            .End();
        for (var i = 0; i < plan.Alternatives.Length; i++)
        {
            var other = plan.Alternatives[i];
            table.Cell("alternative " + PlanWords.Of(i + 1)).Layout(other.Layout)
                .Cell(other.Step.Value).Cell(((other.Step / estimate.Step) - 1) * 100).Cell(other.Peak.Gib).Cell(other.Bubble.Value)
                .Cell(other.TokensPerGpuPerSecond).Cell(other.Mfu)
                .Cell("alternative")
                .End();
        }
    }
}
