using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>Experts of every MoE layer by expert-parallel rank; without measured loads every rank has an equal share of the tokens.</summary>
internal sealed class ExpertsTable : IReportTable
{
    public string Name => "experts";

    public string Header => "layer,ep_rank,experts,load_share";

    /// <summary>The experts on a place of an expert-parallel group, for example 0-3; empty where the model has none.</summary>
    public static string On(Plan plan, int place)
    {
        if (plan.Model.Moe is not { } moe) return "";
        var held = new ExpertPlan(moe.Experts, plan.Layout.Degrees.Expert).OnPlace(place);
        return held.Count == 1 ? PlanWords.Of(held.First) : $"{PlanWords.Of(held.First)}-{PlanWords.Of(held.Last)}";
    }

    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        if (plan.Model.Moe is null) return;
        var ranks = plan.Layout.Degrees.Expert;
        for (var layer = 0; layer < plan.Model.Layers.Length; layer++)
        {
            if (plan.Model.Layers[layer] != LayerKind.Moe) continue;
            for (var rank = 0; rank < ranks; rank++)
                table.Cell(layer).Cell(rank).Cell(On(plan, rank)).Cell(1.0 / ranks).End();
        }
    }
}
