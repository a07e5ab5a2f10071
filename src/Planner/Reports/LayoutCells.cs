using Planner.Cost.Layout;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>The columns that spell a layout, the same in every table.</summary>
internal static class LayoutCells
{
    public const string Header = "dp,tp,pp,ep,etp,cp,vpp,micro_batch,micro_batches,schedule,recompute,sharding";

    public static CsvTable Layout(this CsvTable table, LayoutSpec layout)
    {
        var degrees = layout.Degrees;
        return table
            .Cell(degrees.Data).Cell(degrees.Tensor).Cell(degrees.Pipeline).Cell(degrees.Expert).Cell(1).Cell(degrees.Context).Cell(degrees.Virtual)
            .Cell(layout.MicroBatch).Cell(layout.MicroBatches)
            .Cell(layout.Schedule.Name).Cell(layout.Recompute.Name).Cell(PlanWords.Of(layout.Sharding));
    }
}
