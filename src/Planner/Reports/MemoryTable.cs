namespace Planner.Reports;

/// <summary>Peak memory of every pipeline rank.</summary>
internal sealed class MemoryTable : IReportTable
{
    public string Name => "memory";

    public string Header => "rank,weights_gib,gradients_gib,optimizer_gib,activations_gib,transient_gib,reserve_gib,total_gib,limit_gib";

    public void Rows(CsvTable table, ReportSource source)
    {
        foreach (var rank in source.Plan.Estimate.Memory)
        {
            table.Cell(rank.Rank).Cell(rank.Weights.Gib).Cell(rank.Gradients.Gib).Cell(rank.Optimizer.Gib).Cell(rank.Activations.Gib)
                .Cell(rank.Transient.Gib).Cell(rank.Reserve.Gib).Cell(rank.Total.Gib).Cell(source.Plan.Request.MemoryLimit.Gib)
                .End();
        }
    }
}
