namespace Planner.Cost.Schedules;

/// <summary>The graph of all ranks of a pipeline as they are, also where <see cref="ISchedule.Graph"/> folds mirrored ranks into one.</summary>
public static class UnfoldedGraph
{
    /// <summary>The graph; its duration keys name the pipeline's own ranks.</summary>
    public static ScheduleGraph Of(ISchedule schedule, PipelineShape shape)
    {
        using var programs = Programs(schedule, shape);
        return ScheduleGraphBuilder.Graph(programs);
    }

    internal static BuiltGraph Build(ISchedule schedule, PipelineShape shape)
    {
        using var programs = Programs(schedule, shape);
        return ScheduleGraphBuilder.Build(programs);
    }

    private static PipelinePrograms Programs(ISchedule schedule, PipelineShape shape) => new(
        schedule.Title,
        shape.Ranks,
        schedule.Stages(shape),
        rank => schedule.StagesOf(rank, shape),
        (rank, program) => schedule.Write(rank, shape, program));
}
