using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// GPipe: all forwards, then all backwards. Bubble (p-1)(F+B); every micro-batch is in flight at once. Backwards run first in, first out:
/// any order has the same makespan on even stages.
/// </summary>
public sealed class GPipe : StraightSchedule
{
    public override string Name => "gpipe";

    public override string Title => "GPipe";

    protected override ImmutableArray<Operation> Program(int rank, PipelineShape shape) =>
        Pass(OperationKind.Forward, rank, shape).AddRange(Pass(OperationKind.Backward, rank, shape));

    private static ImmutableArray<Operation> Pass(OperationKind kind, int stage, PipelineShape shape) =>
        [.. Enumerable.Range(0, shape.MicroBatches).Select(microBatch => new Operation(kind, stage, microBatch))];
}
