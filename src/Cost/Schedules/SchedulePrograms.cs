using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>The programs of all ranks of a schedule.</summary>
public static class SchedulePrograms
{
    /// <summary>Every rank's operations in order. The shape must be free of objections.</summary>
    public static ImmutableArray<ImmutableArray<Operation>> Operations(this ISchedule schedule, PipelineShape shape)
    {
        using var program = new OperationList();
        var programs = ImmutableArray.CreateBuilder<ImmutableArray<Operation>>(shape.Ranks);
        for (var rank = 0; rank < shape.Ranks; rank++)
        {
            program.Clear();
            schedule.Write(rank, shape, program);
            programs.Add([.. program.All]);
        }

        return programs.MoveToImmutable();
    }
}
