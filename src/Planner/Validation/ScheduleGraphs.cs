using System.Collections.Concurrent;
using Planner.Cost.Schedules;

namespace Planner.Validation;

/// <summary>Graphs by schedule and shape: rows of a table share them.</summary>
internal sealed class ScheduleGraphs
{
    private readonly ConcurrentDictionary<(string Schedule, PipelineShape Shape), Lazy<ScheduleGraph>> graphs = new();

    public ScheduleGraph Of(ISchedule schedule, PipelineShape shape) =>
        graphs.GetOrAdd((schedule.Name, shape), _ => new Lazy<ScheduleGraph>(() => schedule.Graph(shape))).Value;
}
