using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Planner.Cost.Schedules;

/// <summary>What a duration belongs to: a stage's operation, an overlapped pair of stages, or a rank's end of step.</summary>
/// <param name="Kind">Operation.</param>
/// <param name="Rank">Rank that runs it.</param>
/// <param name="Stage">Stage; -1 for <see cref="OperationKind.ReduceGradients"/> and <see cref="OperationKind.Update"/>.</param>
/// <param name="PairStage">Stage of the backward in an overlapped pair; else -1.</param>
public readonly record struct DurationKey(OperationKind Kind, int Rank, int Stage, int PairStage);

/// <summary>A path through a graph: its length is a lower bound of the makespan for every placement, exact where it was critical.</summary>
/// <param name="Coefficients">How often each duration lies on the path, by duration index.</param>
/// <param name="Lags">How many hand-overs between ranks lie on it.</param>
public sealed record PathCut(ImmutableArray<int> Coefficients, int Lags)
{
    /// <summary>Length of the path in ticks.</summary>
    public long Length(ReadOnlySpan<long> durations, long lag)
    {
        var length = Lags * lag;
        for (var i = 0; i < Coefficients.Length; i++) length += Coefficients[i] * durations[i];
        return length;
    }
}

/// <summary>
/// One step of one pipeline as a fixed directed graph: with the order of operations fixed, only the durations depend on where layers lie,
/// so the makespan is a longest path. Nodes are in topological order. After its last operation every rank reduces its gradients; when all
/// ranks have (a chain of zero-length nodes), each runs its update.
/// </summary>
public sealed partial class ScheduleGraph
{
    private readonly GraphNode[] nodes;

    internal ScheduleGraph(
        ImmutableArray<ImmutableArray<int>> stagesOfRank,
        ImmutableArray<DurationKey> durations,
        ImmutableArray<ImmutableArray<ImmutableArray<int>>> inFlight,
        GraphNode[] nodes)
    {
        // Replays rely on it.
        for (var i = 0; i < nodes.Length; i++)
        {
            ref readonly var node = ref nodes[i];
            var latest = Math.Max(node.First, Math.Max(node.Second, node.Third));
            var earliest = Math.Min(node.First, Math.Min(node.Second, node.Third));
            if (latest >= i || (earliest < 0 && node.First >= 0) || node.Duration >= durations.Length)
                throw new InvalidOperationException($"node {i} is not in topological order, or has no duration: {node}");
        }

        StagesOfRank = stagesOfRank;
        Durations = durations;
        InFlight = inFlight;
        this.nodes = nodes;
    }

    /// <summary>Ranks of the graph; for a folded schedule half of the pipeline's.</summary>
    public int Ranks => StagesOfRank.Length;

    public int Nodes => nodes.Length;

    /// <summary>Duration index of a node; -1 for a barrier.</summary>
    internal int DurationOf(int node) => nodes[node].Duration;

    /// <summary>How many operations take each duration, by duration index.</summary>
    public int[] Counts()
    {
        var counts = new int[Durations.Length];
        foreach (ref readonly var node in nodes.AsSpan())
            if (node.Duration >= 0) counts[node.Duration]++;
        return counts;
    }

    /// <summary>Stages of each rank of the graph.</summary>
    public ImmutableArray<ImmutableArray<int>> StagesOfRank { get; }

    /// <summary>The table that duration indices point into. Index 0 is not special; barrier nodes use index -1 (length zero).</summary>
    public ImmutableArray<DurationKey> Durations { get; }

    /// <summary>
    /// For each rank the Pareto-maximal numbers of micro-batches in flight, aligned with its stages; a micro-batch is in flight from the start
    /// of its forward to the end of its full backward or weight gradient.
    /// </summary>
    public ImmutableArray<ImmutableArray<ImmutableArray<int>>> InFlight { get; }

    /// <summary>Makespan in ticks of one step. <paramref name="end"/> holds Nodes entries and receives each node's end. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Replay(ReadOnlySpan<long> durations, long lag, Span<long> end)
    {
        // Nodes are in order and their durations in the table, as the constructor saw to: nothing is checked once more here.
        var nodes = this.nodes;
        ref var ends = ref MemoryMarshal.GetReference(end[..nodes.Length]);
        ref var ticks = ref MemoryMarshal.GetReference(durations[..Durations.Length]);
        for (var i = 0; i < nodes.Length; i++)
        {
            ref readonly var node = ref nodes[i];
            long finish = 0;
            if (node.First >= 0)
            {
                var second = Unsafe.Add(ref ends, node.Second) + (lag & node.SecondLag);
                var third = Unsafe.Add(ref ends, node.Third) + (lag & node.ThirdLag);
                finish = Math.Max(Unsafe.Add(ref ends, node.First), Math.Max(second, third));
            }

            if (node.Duration >= 0) finish += Unsafe.Add(ref ticks, node.Duration);
            Unsafe.Add(ref ends, i) = finish;
        }

        return Latest(end[..nodes.Length]);
    }

    /// <summary>The critical path of a replay whose ends are in <paramref name="end"/>.</summary>
    public PathCut CriticalPath(long lag, ReadOnlySpan<long> end)
    {
        end = end[..nodes.Length];
        return PathTo(end.IndexOf(Latest(end)), lag, end, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Latest(ReadOnlySpan<long> end)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(end);
        var most = Vector<long>.Zero;
        foreach (var some in vectors) most = Vector.Max(most, some);
        long latest = 0;
        for (var lane = 0; lane < Vector<long>.Count; lane++) latest = Math.Max(latest, most[lane]);
        foreach (var one in end[(vectors.Length * Vector<long>.Count)..]) latest = Math.Max(latest, one);
        return latest;
    }

    // Node i ends at entry i x stride.
    private PathCut PathTo<T>(int last, T lag, ReadOnlySpan<T> end, int stride)
        where T : struct, IBinaryInteger<T>
    {
        var coefficients = new int[Durations.Length];
        var handOvers = 0;
        ref var ends = ref MemoryMarshal.GetReference(end[..(((nodes.Length - 1) * stride) + 1)]);
        ref var counts = ref MemoryMarshal.GetArrayDataReference(coefficients);
        ref var first = ref MemoryMarshal.GetArrayDataReference(nodes);
        while (last >= 0)
        {
            ref readonly var node = ref Unsafe.Add(ref first, last);
            if (node.Duration >= 0) Unsafe.Add(ref counts, node.Duration)++;
            last = node.First;
            if (last < 0) break;

            var start = Unsafe.Add(ref ends, last * stride);
            var second = Unsafe.Add(ref ends, node.Second * stride) + (lag & T.CreateTruncating(node.SecondLag));
            if (second > start) (last, start) = (node.Second, second);
            if (Unsafe.Add(ref ends, node.Third * stride) + (lag & T.CreateTruncating(node.ThirdLag)) > start) last = node.Third;

            // A predecessor on the same rank may carry a lag as well; the path must count it, or it would be shorter than the makespan.
            if ((node.Second == last && node.SecondLag != 0) || (node.Third == last && node.ThirdLag != 0)) handOvers++;
        }

        return new PathCut(ImmutableCollectionsMarshal.AsImmutableArray(coefficients), handOvers);
    }
}
