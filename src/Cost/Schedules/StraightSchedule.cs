using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>A schedule of one stage a rank, in model order, without overlapped pairs: what its programs and bounds have in common.</summary>
public abstract class StraightSchedule : ISchedule
{
    public abstract string Name { get; }

    public abstract string Title { get; }

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank];

    public string? Objection(PipelineShape shape) => ShapeRule.OneChunk(shape, Title);

    public abstract void Write(int rank, PipelineShape shape, OperationList program);

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Sequential(work, shape.Ranks, shape.MicroBatches, WaitedShare(work));

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    /// <summary>Part of a layer's work that a rank behind it waits for: all of it where both passes come by whole, the forward's where weight gradients are cut off.</summary>
    protected virtual double WaitedShare(in PipelineWork work) => 1;

    /// <summary>
    /// The order of the zero-bubble schedules: so many forwards first, then for each micro-batch its input gradient, the weight gradient of one so
    /// many before it, and a forward; the remaining weight gradients last.
    /// </summary>
    protected static void ZeroBubble(int rank, PipelineShape shape, int ahead, int behind, OperationList program)
    {
        var first = Math.Min(ahead, shape.MicroBatches);
        for (var i = 0; i < first; i++) program.Add(OperationKind.Forward, rank, i);
        for (var i = 0; i < shape.MicroBatches; i++)
        {
            program.Add(OperationKind.BackwardInput, rank, i);
            if (i >= behind) program.Add(OperationKind.Weight, rank, i - behind);
            if (first + i < shape.MicroBatches) program.Add(OperationKind.Forward, rank, first + i);
        }

        for (var i = Math.Max(shape.MicroBatches - behind, 0); i < shape.MicroBatches; i++) program.Add(OperationKind.Weight, rank, i);
    }
}
