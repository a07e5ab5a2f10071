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
public sealed class ZeroBubbleH2 : StraightSchedule
{
    public override string Name => "zb2p";

    public override string Title => "ZB-H2";

    protected override double WaitedShare(in PipelineWork work) => work.ForwardShare;

    public override void Write(int rank, PipelineShape shape, OperationList program) =>
        ZeroBubble(rank, shape, (2 * (shape.Ranks - rank)) - 1, 2 * rank, program);
}
