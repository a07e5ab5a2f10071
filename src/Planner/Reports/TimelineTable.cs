using Planner.Cost.Schedules;

namespace Planner.Reports;

/// <summary>One step of one replica: the operations of every rank with their times. What follows them once a step, the reduction of gradients and the update, is left out.</summary>
internal sealed class TimelineTable : IReportTable
{
    // The replay counts in ticks of 100 ns; six significant digits would blur them in a long step.
    private const int TickDecimals = 7;

    public string Name => "timeline";

    public string Header => "rank,operation,stage,micro_batch,pair_stage,pair_micro_batch,start_s,end_s";

    public void Rows(CsvTable table, ReportSource source)
    {
        foreach (var entry in source.Timeline())
        {
            var operation = entry.Operation;
            if (Word(operation.Kind) is not { } word) continue;
            table.Cell(entry.Rank).Cell(word).Cell(operation.Stage).Cell(operation.MicroBatch);
            if (operation.Kind == OperationKind.Overlapped) table.Cell(operation.PairStage).Cell(operation.PairMicroBatch);
            else table.Cell("").Cell("");
            table.Cell(Quantity.Fixed(entry.Start.Value, TickDecimals)).Cell(Quantity.Fixed(entry.End.Value, TickDecimals)).End();
        }
    }

    private static string? Word(OperationKind kind) => kind switch
    {
        OperationKind.Forward => "forward",
        OperationKind.Backward => "backward",
        OperationKind.BackwardInput => "backward_input",
        OperationKind.Weight => "weight",
        OperationKind.Overlapped => "overlapped",
        OperationKind.ReduceGradients or OperationKind.Update => null,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
