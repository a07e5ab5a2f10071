using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Layouts that are one plan under two names. The one kept is the one with fewer ranks in its pipeline.</summary>
public static class Twins
{
    /// <summary>Whether a shape is dropped because its twin is in the space.</summary>
    public static bool Folds(SearchSpace space, ISchedule schedule, PipelineShape shape)
    {
        // DualPipe on p ranks with d replicas and DualPipeV on p/2 ranks with 2d: every GPU does the same work.
        if (schedule is DualPipe)
            return space.Data is null && (space.Pipeline is not { } ranks || ranks.Contains(shape.Ranks / 2)) && space.Schedules.Any(other => other is DualPipeV);

        // On one rank ZB-H1 and ZB-H2 are 1F1B with its backward in two pieces.
        return shape.Ranks == 1 && schedule is ZeroBubbleH1 or ZeroBubbleH2 && space.Schedules.Any(other => other is OneForwardOneBackward);
    }

    /// <summary>The same plan's other name, for example dualpipe pp 16; null where it has none.</summary>
    public static string? Of(LayoutSpec layout) => layout.Schedule switch
    {
        DualPipeV when layout.Degrees.Data % 2 == 0 => $"{ScheduleCatalog.Find("dualpipe")!.Title} pp {2 * layout.Degrees.Pipeline}",
        DualPipe => $"{ScheduleCatalog.Find("dualpipev")!.Title} pp {layout.Degrees.Pipeline / 2}",
        _ => null,
    };
}
