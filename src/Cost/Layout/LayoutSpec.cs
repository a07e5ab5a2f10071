using Planner.Cost.Schedules;

namespace Planner.Cost.Layout;

/// <summary>A choice of everything but the placement of layers.</summary>
public sealed record LayoutSpec(
    Degrees Degrees,
    int MicroBatch,
    int MicroBatches,
    ISchedule Schedule,
    RecomputePolicy Recompute,
    Sharding Sharding)
{
    /// <summary>The pipeline as its schedule sees it.</summary>
    public PipelineShape Pipeline => new(Degrees.Pipeline, Degrees.Virtual, MicroBatches);
}
