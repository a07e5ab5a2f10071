using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal static class Replays
{
    public static ISchedule Schedule(string name) => ScheduleCatalog.Find(name)!;

    public static long Makespan(this ScheduleGraph graph, Func<DurationKey, long> durations, long lag = 0) =>
        graph.Replay(graph.Table(durations), lag, new long[graph.Nodes]);

    public static long Makespan(this ScheduleGraph graph, OperationTimes times, long lag = 0) => graph.Makespan(key => times.Of(key.Kind), lag);

    public static long[] Table(this ScheduleGraph graph, Func<DurationKey, long> durations) => [.. graph.Durations.Select(durations)];

    /// <summary>Durations drawn from a seed and the stages alone, so that graphs of one pipeline agree however their keys are numbered.</summary>
    public static Func<DurationKey, long> Random(uint seed, long longest = 1000) => key =>
    {
        var rank = key.Stage < 0 ? key.Rank : 0;
        var hash = seed + 0x9E3779B97F4A7C15ul;
        foreach (var part in (ReadOnlySpan<int>)[(int)key.Kind, rank, key.Stage, key.PairStage])
        {
            hash = (hash ^ (uint)part) * 0xBF58476D1CE4E5B9ul;
            hash ^= hash >> 29;
        }

        return 1 + (long)(hash % (ulong)longest);
    };
}
