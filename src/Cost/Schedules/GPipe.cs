using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// GPipe: all forwards, then all backwards. Bubble (p-1)(F+B); every micro-batch is in flight at once. Backwards run first in, first out:
/// any order has the same makespan on even stages.
/// </summary>
public sealed class GPipe : ISchedule
{
    public string Name => "gpipe";

    public string Title => "GPipe";

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank];

    public string? Objection(PipelineShape shape) => ShapeRule.OneChunk(shape, Title);

    public ImmutableArray<ImmutableArray<Operation>> Operations(PipelineShape shape) => UnfoldedGraph.EveryRank(
        shape.Ranks,
        rank => Pass(OperationKind.Forward, rank, shape).AddRange(Pass(OperationKind.Backward, rank, shape)));

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Sequential(work, shape.Ranks, shape.MicroBatches, 1);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    private static ImmutableArray<Operation> Pass(OperationKind kind, int stage, PipelineShape shape) =>
        [.. Enumerable.Range(0, shape.MicroBatches).Select(microBatch => new Operation(kind, stage, microBatch))];
}
