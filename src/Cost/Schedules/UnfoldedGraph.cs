using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>The graph of all ranks of a pipeline as they are, also where <see cref="ISchedule.Graph"/> folds mirrored ranks into one.</summary>
public static class UnfoldedGraph
{
    /// <summary>The graph; its duration keys name the pipeline's own ranks.</summary>
    public static ScheduleGraph Of(ISchedule schedule, PipelineShape shape) => ScheduleGraphBuilder.Graph(Programs(schedule, shape));

    internal static BuiltGraph Build(ISchedule schedule, PipelineShape shape) => ScheduleGraphBuilder.Build(Programs(schedule, shape));

    private static PipelinePrograms Programs(ISchedule schedule, PipelineShape shape) => new(
        schedule.Title,
        schedule.Operations(shape),
        EveryRank(shape.Ranks, rank => schedule.StagesOf(rank, shape)),
        schedule.Stages(shape));

    /// <summary>One array a rank.</summary>
    internal static ImmutableArray<ImmutableArray<T>> EveryRank<T>(int ranks, Func<int, ImmutableArray<T>> ofRank) =>
        [.. Enumerable.Range(0, ranks).Select(ofRank)];
}
