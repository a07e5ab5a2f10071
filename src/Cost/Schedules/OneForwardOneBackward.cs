namespace Planner.Cost.Schedules;

/// <summary>
/// 1F1B (PipeDream-Flush; Megatron-LM's default): rank r runs p-1-r forwards ahead, then a forward and a backward in turn. Bubble
/// (p-1)(F+B); at most p-r micro-batches in flight on rank r.
/// </summary>
public sealed class OneForwardOneBackward : StraightSchedule
{
    public override string Name => "1f1b";

    public override string Title => "1F1B";

    public override void Write(int rank, PipelineShape shape, OperationList program)
    {
        var ahead = Math.Min(shape.Ranks - 1 - rank, shape.MicroBatches);
        for (var i = 0; i < ahead; i++) program.Add(OperationKind.Forward, rank, i);
        for (var i = 0; i < shape.MicroBatches; i++)
        {
            if (ahead + i < shape.MicroBatches) program.Add(OperationKind.Forward, rank, ahead + i);
            program.Add(OperationKind.Backward, rank, i);
        }
    }
}
