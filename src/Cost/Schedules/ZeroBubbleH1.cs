using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// ZB-H1 (Qi et al., Zero Bubble Pipeline Parallelism; ZB1P in DeepSeek's comparison): 1F1B with the weight gradients cut off. Rank r runs p-r
/// forwards ahead, then for each micro-batch its input gradient, the weight gradient of the micro-batch r before it, and a forward. Bubble
/// (p-1)(F+B-2W); at most p micro-batches in flight on every rank, as many as 1F1B holds on rank 0.
/// </summary>
public sealed class ZeroBubbleH1 : ISchedule
{
    public string Name => "zb1p";

    public string Title => "ZB-H1";

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank];

    public string? Objection(PipelineShape shape) => ShapeRule.OneChunk(shape, Title);

    public ImmutableArray<ImmutableArray<Operation>> Operations(PipelineShape shape) =>
        UnfoldedGraph.EveryRank(shape.Ranks, rank => Program(rank, shape));

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Sequential(work, shape.Ranks, shape.MicroBatches, work.ForwardShare);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    private static ImmutableArray<Operation> Program(int rank, PipelineShape shape)
    {
        var program = ImmutableArray.CreateBuilder<Operation>(3 * shape.MicroBatches);
        var ahead = Math.Min(shape.Ranks - rank, shape.MicroBatches);
        for (var i = 0; i < ahead; i++) program.Add(new Operation(OperationKind.Forward, rank, i));
        for (var i = 0; i < shape.MicroBatches; i++)
        {
            program.Add(new Operation(OperationKind.BackwardInput, rank, i));
            if (i >= rank) program.Add(new Operation(OperationKind.Weight, rank, i - rank));
            if (ahead + i < shape.MicroBatches) program.Add(new Operation(OperationKind.Forward, rank, ahead + i));
        }

        for (var i = Math.Max(shape.MicroBatches - rank, 0); i < shape.MicroBatches; i++) program.Add(new Operation(OperationKind.Weight, rank, i));
        return program.MoveToImmutable();
    }
}
