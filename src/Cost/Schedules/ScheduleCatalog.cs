using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>The list of schedules: a new one is a file beside this and a line here.</summary>
public static class ScheduleCatalog
{
    public static ImmutableArray<ISchedule> All { get; } =
    [
        new GPipe(),
        new OneForwardOneBackward(),
        new Interleaved(),
        new ZeroBubbleH1(),
        new ZeroBubbleH2(),
        new ZeroBubbleV(),
        new DualPipe(),
        new DualPipeV(),
    ];

    /// <summary>The schedule of a name; null where there is none.</summary>
    public static ISchedule? Find(string name) => All.FirstOrDefault(schedule => schedule.Name == name);
}
