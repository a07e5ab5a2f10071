using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// DualPipeV (DeepSeek's dualpipev.py): DualPipe cut in the middle. Q ranks hold two of 2Q stages each in a V, all micro-batches enter at
/// rank 0, forwards overlap full backwards. At most 2Q+1 micro-batches in flight on every rank.
/// </summary>
public sealed class DualPipeV : ISchedule
{
    public string Name => "dualpipev";

    public string Title => "DualPipeV";

    public bool Overlaps => true;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => 2 * shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => StagesOfRank.V(rank, shape.Ranks);

    public string? Objection(PipelineShape shape) =>
        ShapeRule.OneChunk(shape, Title)
        ?? (shape.MicroBatches < 2 * shape.Ranks
            ? $"{Title} on {shape.Ranks} ranks needs at least {2 * shape.Ranks} micro-batches (2 a rank), not {shape.MicroBatches}."
            : null);

    public void Write(int rank, PipelineShape shape, OperationList program) => Write(rank, shape.Ranks, shape.MicroBatches, program);

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Overlapped(work, shape.Ranks, shape.MicroBatches, middleSends: false);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    internal static void Write(int rank, int ranks, int microBatches, OperationList program) =>
        new DualPipeOrder(ranks, rank, microBatches, (rank, 0), ((2 * ranks) - 1 - rank, 0), program).Write();
}
