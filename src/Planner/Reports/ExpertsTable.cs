using System.Collections.Immutable;
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
        if (plan.Experts is { Placed.Shape.Ranks: > 1 }) return "by layer";
        var held = new ExpertPlan(moe.Experts, plan.Layout.Degrees.Expert).OnPlace(place);
        return Range(held.First, held.Last);
    }

    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        if (plan.Model.Moe is null) return;
        if (plan.Experts is { } placed)
        {
            foreach (var layer in placed.Placed.Layers)
                for (var rank = 0; rank < layer.Ranks.Length; rank++)
                    table.Cell(layer.Layer).Cell(rank).Cell(Ranges(layer.Ranks[rank])).Cell(layer.Shares.IsEmpty ? null : layer.Shares[rank]).End();
            return;
        }

        var ranks = plan.Layout.Degrees.Expert;
        for (var layer = 0; layer < plan.Model.Layers.Length; layer++)
        {
            if (plan.Model.Layers[layer] != LayerKind.Moe) continue;
            for (var rank = 0; rank < ranks; rank++)
                table.Cell(layer).Cell(rank).Cell(On(plan, rank)).Cell(1.0 / ranks).End();
        }
    }

    // Ascending experts; neighbours as a range.
    private static string Ranges(ImmutableArray<int> experts)
    {
        var parts = new List<string>();
        for (var i = 0; i < experts.Length;)
        {
            var end = i;
            while (end + 1 < experts.Length && experts[end + 1] == experts[end] + 1) end++;
            parts.Add(Range(experts[i], experts[end]));
            i = end + 1;
        }

        return string.Join(' ', parts);
    }

    private static string Range(int first, int last) => first == last ? PlanWords.Of(first) : $"{PlanWords.Of(first)}-{PlanWords.Of(last)}";
}
