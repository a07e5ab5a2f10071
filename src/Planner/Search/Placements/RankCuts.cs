using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Paths through a graph that stay on one rank as long as they can: head of its first operation, all its work, what follows its last one. They
/// are found by replaying with that rank's durations stretched, so that its work is the critical path; any path is valid for any placement.
/// </summary>
internal static class RankCuts
{
    private const long Lag = 8;

    // Threads find cuts of many graphs: arrays of one size are lent again and again.
    private const int UsualNodes = 1 << 14;

    private static readonly ConditionalWeakTable<ScheduleGraph, PathCut[]> Known = [];

    // One cut a rank with each.
    private static readonly double[] Stretches = [1000, 1.02];

    /// <summary>Cuts of a graph at typical durations, found once; they do not depend on who asks first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while they were looked for.</exception>
    public static PathCut[] Of(ScheduleGraph graph, CancellationToken cancel = default) => Known.GetValue(graph, one => Find(one, cancel));

    private static PathCut[] Find(ScheduleGraph graph, CancellationToken cancel) =>
        Longest(graph) < int.MaxValue ? Find<int>(graph, cancel) : Find<long>(graph, cancel);

    // No path is as long as all operations one after the other, one rank's stretched.
    private static double Longest(ScheduleGraph graph)
    {
        var work = new double[graph.Ranks];
        var counts = graph.Counts();
        for (var i = 0; i < counts.Length; i++) work[graph.Durations[i].Rank] += counts[i] * (double)Typical(graph.Durations[i].Kind);
        return work.Sum() + ((double)Lag * graph.Nodes) + (Stretches[0] * work.Max());
    }

    private static PathCut[] Find<T>(ScheduleGraph graph, CancellationToken cancel)
        where T : struct, IBinaryInteger<T>
    {
        var lanes = Vector<T>.Count;
        var cuts = new PathCut[Stretches.Length * graph.Ranks];
        var stretched = new Vector<T>[graph.Durations.Length];
        var end = ArrayPool<Vector<T>>.Shared.Rent(Math.Max(graph.Nodes, UsualNodes));
        for (var first = 0; first < cuts.Length; first += lanes)
        {
            cancel.ThrowIfCancellationRequested();
            var some = cuts.AsSpan(first, Math.Min(lanes, cuts.Length - first));
            Stretch(graph, first, some.Length, stretched);
            graph.CriticalPaths(stretched, T.CreateTruncating(Lag), end, some);
        }

        ArrayPool<Vector<T>>.Shared.Return(end);
        return cuts;
    }

    private static void Stretch<T>(ScheduleGraph graph, int first, int count, Vector<T>[] stretched)
        where T : struct, IBinaryInteger<T>
    {
        for (var i = 0; i < stretched.Length; i++) stretched[i] = new Vector<T>(T.CreateTruncating(Typical(graph.Durations[i].Kind)));
        var ticks = MemoryMarshal.Cast<Vector<T>, T>(stretched.AsSpan());
        for (var lane = 0; lane < count; lane++)
        {
            var (stretch, rank) = Math.DivRem(first + lane, graph.Ranks);
            for (var i = 0; i < stretched.Length; i++)
                if (graph.Durations[i].Rank == rank) ticks[(i * Vector<T>.Count) + lane] = T.CreateTruncating(Typical(graph.Durations[i].Kind) * Stretches[stretch]);
        }
    }

    private static long Typical(OperationKind kind) => kind switch
    {
        OperationKind.Forward => 100,
        OperationKind.BackwardInput => 140,
        OperationKind.Weight => 40,
        OperationKind.Backward => 180,
        OperationKind.Overlapped => 250,
        _ => 50,
    };
}
