using Planner.Cost.Models;

namespace Planner.Reports;

/// <summary>Experts of every MoE layer by expert-parallel rank; without measured loads every rank has an equal share of the tokens.</summary>
internal sealed class ExpertsTable : IReportTable
{
    public string Name => "experts";

    public string Header => "layer,ep_rank,experts,load_share";

    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        if (plan.Model.Moe is null) return;
        var ranks = plan.Layout.Degrees.Expert;
        for (var layer = 0; layer < plan.Model.Layers.Length; layer++)
        {
            if (plan.Model.Layers[layer] != LayerKind.Moe) continue;
            for (var rank = 0; rank < ranks; rank++)
                table.Cell(layer).Cell(rank).Cell(ExpertRange.Of(plan, rank)).Cell(1.0 / ranks).End();
        }
    }
}
