using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// 1F1B (PipeDream-Flush; Megatron-LM's default): rank r runs p-1-r forwards ahead, then a forward and a backward in turn. Bubble
/// (p-1)(F+B); at most p-r micro-batches in flight on rank r.
/// </summary>
public sealed class OneForwardOneBackward : ISchedule
{
    public string Name => "1f1b";

    public string Title => "1F1B";

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank];

    public string? Objection(PipelineShape shape) => ShapeRule.OneChunk(shape, Title);

    public ImmutableArray<ImmutableArray<Operation>> Operations(PipelineShape shape) =>
        UnfoldedGraph.EveryRank(shape.Ranks, rank => Program(rank, shape));

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Sequential(work, shape.Ranks, shape.MicroBatches, 1);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    private static ImmutableArray<Operation> Program(int rank, PipelineShape shape)
    {
        var program = ImmutableArray.CreateBuilder<Operation>(2 * shape.MicroBatches);
        var ahead = Math.Min(shape.Ranks - 1 - rank, shape.MicroBatches);
        for (var i = 0; i < ahead; i++) program.Add(new Operation(OperationKind.Forward, rank, i));
        for (var i = 0; i < shape.MicroBatches; i++)
        {
            if (ahead + i < shape.MicroBatches) program.Add(new Operation(OperationKind.Forward, rank, ahead + i));
            program.Add(new Operation(OperationKind.Backward, rank, i));
        }

        return program.MoveToImmutable();
    }
}
