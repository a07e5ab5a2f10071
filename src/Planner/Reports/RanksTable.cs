using Planner.Cost.Layout;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>Every GPU: its node in the cluster and the leaf switch of that (empty where switches are not known), its place in each group, its stages and experts.</summary>
internal sealed class RanksTable : IReportTable
{
    public string Name => "ranks";

    public string Header => "rank,node,gpu,dp,tp,pp,ep,cp,stages,experts,leaf";

    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        var map = new RankMap(plan.Layout.Degrees, plan.Machine.Node.Gpus, plan.Stack.FoldedExperts);
        var nodes = plan.Nodes;
        var stages = Enumerable.Range(0, plan.Layout.Degrees.Pipeline)
            .Select(rank => string.Join(' ', plan.Layout.Schedule.StagesOf(rank, plan.Layout.Pipeline).Select(PlanWords.Of)))
            .ToArray();
        var experts = Enumerable.Range(0, plan.Layout.Degrees.Expert).Select(place => ExpertsTable.On(plan, place)).ToArray();
        for (var rank = 0; rank < map.Ranks; rank++)
        {
            var place = map.PlaceOf(rank);
            var expert = map.ExpertPlaceOf(rank);
            var node = map.NodeOf(rank);
            table.Cell(rank).Cell(nodes?.NodeOf(node) ?? node).Cell(map.GpuOf(rank))
                .Cell(place.Data).Cell(place.Tensor).Cell(place.Pipeline).Cell(expert).Cell(place.Context)
                .Cell(stages[place.Pipeline]).Cell(experts[expert])
                .Cell(nodes is { Cluster.LeavesKnown: true } placed ? PlanWords.Of(placed.LeafOf(node)) : "")
                .End();
        }
    }
}
