namespace Planner.Cost.Schedules;

/// <summary>The graphs of one pipeline, built once for any number of replays.</summary>
public sealed class BuiltPipeline
{
    /// <param name="schedule">Schedule.</param>
    /// <param name="shape">Free of objections.</param>
    public BuiltPipeline(ISchedule schedule, PipelineShape shape)
    {
        Schedule = schedule;
        Shape = shape;
        Unfolded = UnfoldedGraph.Build(schedule, shape);
        Graph = schedule.Copies == 1 ? Unfolded.Graph : schedule.Graph(shape);
    }

    /// <summary>Schedule.</summary>
    public ISchedule Schedule { get; }

    /// <summary>Ranks, chunks, micro-batches.</summary>
    public PipelineShape Shape { get; }

    /// <summary>The graph of <see cref="ISchedule.Graph"/>.</summary>
    public ScheduleGraph Graph { get; }

    /// <summary>All ranks as they are; the same graph where the schedule does not fold.</summary>
    internal BuiltGraph Unfolded { get; }
}
