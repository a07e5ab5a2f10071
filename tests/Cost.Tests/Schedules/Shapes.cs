using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>Every schedule on small and middling shapes that it can run, ragged numbers of micro-batches included.</summary>
internal static class Shapes
{
    public static IEnumerable<(ISchedule Schedule, PipelineShape Shape)> All() =>
        from schedule in ScheduleCatalog.All
        from ranks in (int[])[1, 2, 3, 4, 5, 8]
        from chunks in (int[])[1, 2, 3]
        from microBatches in (int[])[1, 2, 3, 7, 8, 10, 13, 16, 20, 24]
        let shape = new PipelineShape(ranks, chunks, microBatches)
        where schedule.Objection(shape) is null
        select (schedule, shape);
}
