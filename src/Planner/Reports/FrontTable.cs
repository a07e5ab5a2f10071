using Planner.Plans;
using Planner.Search;

namespace Planner.Reports;

/// <summary>A front as CSV, a plan a row, fastest first.</summary>
internal static class FrontTable
{
    public const string Header = $"point,{LayoutCells.Header},step_s,change_percent,peak_gib,bubble_s,tokens_per_gpu_per_s,mfu,status,bound_s,layout";

    public static void Write(TextWriter writer, Front front)
    {
        using var table = new CsvTable(writer, Header);
        for (var i = 0; i < front.Points.Length; i++)
        {
            var point = front.Points[i];
            var estimate = point.Estimate;
            table.Cell(i + 1).Layout(point.Layout)
                .Cell(estimate.Step.Value).Cell(((estimate.Step / front.Points[0].Estimate.Step) - 1) * 100)
                .Cell(estimate.Fullest.Total.Gib).Cell(estimate.Parts.Bubble.Value).Cell(estimate.TokensPerGpuPerSecond).Cell(estimate.Mfu)
                .Cell(PlanWords.Of(point.Proven ? ProofStatus.Optimal : ProofStatus.Feasible)).Cell(point.Bound.Value).Cell(LayoutString.Write(point.Stages))
                .End();
        }
    }
}
