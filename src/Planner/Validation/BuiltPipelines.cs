using System.Collections.Concurrent;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Validation;

/// <summary>Pipelines by schedule and shape: rows of a table share them, and so do estimates of a row with other stacks.</summary>
internal sealed class BuiltPipelines
{
    private readonly ConcurrentDictionary<(string Schedule, PipelineShape Shape), Lazy<BuiltPipeline>> built = new();

    public BuiltPipeline Of(LayoutSpec layout)
    {
        var (schedule, shape) = (layout.Schedule, layout.Pipeline);
        return built.GetOrAdd((schedule.Name, shape), _ => new Lazy<BuiltPipeline>(() => new BuiltPipeline(schedule, shape))).Value;
    }
}
