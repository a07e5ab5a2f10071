using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// ZB-H2 (Qi et al., Zero Bubble Pipeline Parallelism; ZB2P in their repository) in a fixed order: ZB-H1 with twice the forwards ahead. Rank r
/// runs 2(p-r)-1 forwards first, then for each micro-batch its input gradient, the weight gradient of the micro-batch 2r before it, and a
/// forward. Where F = Bi = W no rank idles between its first and last operation; 2p-1 micro-batches are in flight on every rank, twice
/// ZB-H1's memory.
/// </summary>
/// <remarks>
/// The authors let a rank start its next step before the others have ended this one (the optimizer step is checked afterwards), so the skew of
/// the ranks costs nothing there. Here the step ends as with every schedule, once all ranks have reduced their gradients: the makespan of
/// equal stages is the work and (p-1) max(F, F+Bi-2W), where the paper counts (p-1)(F+Bi-2W) inside each rank's own window.
/// </remarks>
public sealed class ZeroBubbleH2 : ISchedule
{
    public string Name => "zb2p";

    public string Title => "ZB-H2";

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
        var ahead = Math.Min((2 * (shape.Ranks - rank)) - 1, shape.MicroBatches);
        var behind = 2 * rank;
        for (var i = 0; i < ahead; i++) program.Add(new Operation(OperationKind.Forward, rank, i));
        for (var i = 0; i < shape.MicroBatches; i++)
        {
            program.Add(new Operation(OperationKind.BackwardInput, rank, i));
            if (i >= behind) program.Add(new Operation(OperationKind.Weight, rank, i - behind));
            if (ahead + i < shape.MicroBatches) program.Add(new Operation(OperationKind.Forward, rank, ahead + i));
        }

        for (var i = Math.Max(shape.MicroBatches - behind, 0); i < shape.MicroBatches; i++) program.Add(new Operation(OperationKind.Weight, rank, i));
        return program.MoveToImmutable();
    }
}
