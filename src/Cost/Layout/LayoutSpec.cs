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

    /// <summary>
    /// The layout with the recompute policies that its stages follow: where all that hold layers follow one, it is the layout's, and the plan says
    /// nothing of it. Stages without layers follow any.
    /// </summary>
    public (LayoutSpec Layout, StagePlan Plan) Settled(StagePlan plan)
    {
        if (Recompute.Levels.IsEmpty) return (this, plan);
        var levels = plan.Stages.Where(stage => stage.Layers + stage.Mtp > 0).Select(stage => stage.Level).Distinct().ToList();
        return levels.Count == 1
            ? (this with { Recompute = Recompute.Levels[levels[0]] }, new StagePlan([.. plan.Stages.Select(stage => stage with { Level = 0 })]))
            : (this, plan);
    }
}
