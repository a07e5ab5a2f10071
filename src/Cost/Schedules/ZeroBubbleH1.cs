namespace Planner.Cost.Schedules;

/// <summary>
/// ZB-H1 (Qi et al., Zero Bubble Pipeline Parallelism; ZB1P in DeepSeek's comparison): 1F1B with the weight gradients cut off. Rank r runs p-r
/// forwards ahead, then for each micro-batch its input gradient, the weight gradient of the micro-batch r before it, and a forward. Bubble
/// (p-1)(F+B-2W); at most p micro-batches in flight on every rank, as many as 1F1B holds on rank 0.
/// </summary>
public sealed class ZeroBubbleH1 : StraightSchedule
{
    public override string Name => "zb1p";

    public override string Title => "ZB-H1";

    protected override double WaitedShare(in PipelineWork work) => work.ForwardShare;

    public override void Write(int rank, PipelineShape shape, OperationList program) => ZeroBubble(rank, shape, shape.Ranks - rank, rank, program);
}
