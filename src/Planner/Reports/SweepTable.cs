using System.Globalization;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>A sweep as CSV, a cluster and batch a row; cells of a plan are empty where there is none.</summary>
internal static class SweepTable
{
    public const string Header = "gpus,batch,tokens_per_step,status,step_s,tokens_per_s,tokens_per_gpu_per_s,mfu,efficiency_percent,peak_gib,"
        + $"gpu_hours_per_trillion_tokens,usd_per_trillion_tokens,run_days,{LayoutCells.Header},layout,reason";

    private const int PlanCells = 9;

    public static void Write(TextWriter writer, Sweep sweep)
    {
        using var table = new CsvTable(writer, Header);
        foreach (var row in sweep.Rows)
        {
            table.Cell(row.Gpus).Cell(row.Batch).Cell(row.Tokens(sweep.Request.SequenceLength).ToString(CultureInfo.InvariantCulture)).Cell(PlanWords.Of(row.Status));
            if (row.Plan is { } plan)
            {
                var estimate = plan.Estimate;
                table.Cell(estimate.Step.Value).Cell(estimate.TokensPerGpuPerSecond * row.PlanGpus).Cell(estimate.TokensPerGpuPerSecond).Cell(estimate.Mfu)
                    .Cell(sweep.Efficiency(row) * 100).Cell(estimate.Fullest.Total.Gib).Cell(estimate.GpuHoursPerTrillionTokens)
                    .Cell(plan.Machine.PricePerGpuHour * estimate.GpuHoursPerTrillionTokens).Cell(RunCost.Of(plan)?.Days)
                    .Layout(plan.Layout).Cell(LayoutString.Write(plan.Stages));
            }
            else
            {
                for (var i = 0; i < PlanCells + LayoutCells.Header.Split(',').Length + 1; i++) table.Cell("");
            }

            table.Cell(row.Reason).End();
        }
    }
}
