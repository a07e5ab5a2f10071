using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// DualPipe (DeepSeek-V3; dualpipe.py): P stages twice, once up the ranks and once down; half of the micro-batches enter at rank 0, half at
/// rank P-1, forwards of one direction overlap full backwards of the other. At most P+1 micro-batches in flight on every rank.
/// </summary>
public sealed class DualPipe : ISchedule
{
    public string Name => "dualpipe";

    public string Title => "DualPipe";

    public bool Overlaps => true;

    public int Copies => 2;

    public int Stages(PipelineShape shape) => shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank, shape.Ranks - 1 - rank];

    public string? Objection(PipelineShape shape)
    {
        if (ShapeRule.OneChunk(shape, Title) is { } objection) return objection;
        if (shape.Ranks % 2 != 0) return $"{Title} needs an even number of pipeline ranks, not {shape.Ranks}.";
        if (shape.MicroBatches % 2 != 0) return $"{Title} needs an even number of micro-batches, half for each direction, not {shape.MicroBatches}.";
        return shape.MicroBatches < 2 * shape.Ranks
            ? $"{Title} on {shape.Ranks} ranks needs at least {2 * shape.Ranks} micro-batches (2 a rank), not {shape.MicroBatches}."
            : null;
    }

    public void Write(int rank, PipelineShape shape, OperationList program)
    {
        var half = shape.Ranks / 2;
        var count = shape.MicroBatches / 2;
        var mirror = shape.Ranks - 1 - rank;
        var up = (Stage: rank, First: 0);
        var down = (Stage: mirror, First: count);
        var order = rank < half
            ? new DualPipeOrder(half, rank, count, up, down, program)
            : new DualPipeOrder(half, mirror, count, down, up, program);
        order.Write();
    }

    /// <summary>
    /// Both directions do the same at the same time, so rank r and its mirror are one: DualPipeV's graph on half of the ranks for half of the
    /// micro-batches, except that the hand-over in the middle crosses ranks and takes the lag.
    /// </summary>
    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Overlapped(work, shape.Ranks / 2, shape.MicroBatches / 2, middleSends: true);

    public ScheduleGraph Graph(PipelineShape shape)
    {
        var half = shape.Ranks / 2;
        var count = shape.MicroBatches / 2;
        using var programs = new PipelinePrograms(Title, half, shape.Ranks, rank => StagesOf(rank, shape), (rank, program) => DualPipeV.Write(rank, half, count, program))
        {
            Seam = half - 1,
        };
        return ScheduleGraphBuilder.Graph(programs);
    }
}
