namespace Planner.Cost.Schedules;

/// <summary>
/// GPipe: all forwards, then all backwards. Bubble (p-1)(F+B); every micro-batch is in flight at once. Backwards run first in, first out:
/// any order has the same makespan on even stages.
/// </summary>
public sealed class GPipe : StraightSchedule
{
    public override string Name => "gpipe";

    public override string Title => "GPipe";

    public override void Write(int rank, PipelineShape shape, OperationList program)
    {
        for (var i = 0; i < shape.MicroBatches; i++) program.Add(OperationKind.Forward, rank, i);
        for (var i = 0; i < shape.MicroBatches; i++) program.Add(OperationKind.Backward, rank, i);
    }
}
