using Planner.Plans;

namespace Planner.Reports;

/// <summary>Every GPU: where it is, its place in each group, its stages and experts.</summary>
internal sealed class RanksTable : IReportTable
{
    public string Name => "ranks";

    public string Header => "rank,node,gpu,dp,tp,pp,ep,cp,stages,experts";

    // Order of ranks: tensor fastest, then context, data, pipeline; expert groups are neighbours in data x context.
    public void Rows(CsvTable table, ReportSource source)
    {
        var plan = source.Plan;
        var degrees = plan.Layout.Degrees;
        var nodeGpus = plan.Machine.Node.Gpus;
        var stages = Enumerable.Range(0, degrees.Pipeline)
            .Select(rank => string.Join(' ', plan.Layout.Schedule.StagesOf(rank, plan.Layout.Pipeline).Select(PlanWords.Of)))
            .ToArray();
        var experts = Enumerable.Range(0, degrees.Expert).Select(rank => ExpertRange.Of(plan, rank)).ToArray();
        for (var rank = 0; rank < degrees.Gpus; rank++)
        {
            var tensor = rank % degrees.Tensor;
            var context = rank / degrees.Tensor % degrees.Context;
            var data = rank / (degrees.Tensor * degrees.Context) % degrees.Data;
            var pipeline = rank / (degrees.Tensor * degrees.Context * degrees.Data);
            var expert = ((data * degrees.Context) + context) % degrees.Expert;
            table.Cell(rank).Cell(rank / nodeGpus).Cell(rank % nodeGpus)
                .Cell(data).Cell(tensor).Cell(pipeline).Cell(expert).Cell(context)
                .Cell(stages[pipeline]).Cell(experts[expert])
                .End();
        }
    }
}
