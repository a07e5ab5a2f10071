using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Paths through a graph that stay on one rank as long as they can: head of its first operation, all its work, what follows its last one. They
/// are found by replaying with that rank's durations stretched, so that its work is the critical path; any path is valid for any placement.
/// </summary>
internal static class RankCuts
{
    private static readonly ConditionalWeakTable<ScheduleGraph, PathCut[]> Known = [];

    /// <summary>Cuts of a graph at typical durations, found once; they do not depend on who asks first.</summary>
    public static PathCut[] Of(ScheduleGraph graph) => Known.GetValue(graph, static graph =>
    {
        var durations = new long[graph.Durations.Length];
        for (var i = 0; i < durations.Length; i++)
        {
            durations[i] = graph.Durations[i].Kind switch
            {
                OperationKind.Forward => 100,
                OperationKind.BackwardInput => 140,
                OperationKind.Weight => 40,
                OperationKind.Backward => 180,
                OperationKind.Overlapped => 250,
                _ => 50,
            };
        }

        return [.. Stretched(graph, durations, 8, 1000), .. Stretched(graph, durations, 8, 1.02)];
    });

    /// <summary>One cut a rank, its durations stretched by <paramref name="factor"/>.</summary>
    public static ImmutableArray<PathCut> Stretched(ScheduleGraph graph, ReadOnlySpan<long> durations, long lag, double factor)
    {
        var stretched = new long[durations.Length];
        var end = new long[graph.Nodes];
        var cuts = ImmutableArray.CreateBuilder<PathCut>(graph.Ranks);
        for (var rank = 0; rank < graph.Ranks; rank++)
        {
            for (var i = 0; i < stretched.Length; i++)
                stretched[i] = graph.Durations[i].Rank == rank ? (long)(durations[i] * factor) : durations[i];
            graph.Replay(stretched, lag, end);
            cuts.Add(graph.CriticalPath(lag, end));
        }

        return cuts.ToImmutable();
    }
}
