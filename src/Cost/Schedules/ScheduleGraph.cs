using System.Collections.Immutable;

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
public sealed class ScheduleGraph
{
    private readonly int[] duration;
    private readonly int[] rankPredecessor;
    private readonly int[] dataPredecessor;
    private readonly int[] pairPredecessor;
    private readonly byte[] lags;

    internal ScheduleGraph(
        int ranks,
        ImmutableArray<ImmutableArray<int>> stagesOfRank,
        ImmutableArray<DurationKey> durations,
        ImmutableArray<ImmutableArray<ImmutableArray<int>>> inFlight,
        int[] duration,
        int[] rankPredecessor,
        int[] dataPredecessor,
        int[] pairPredecessor,
        byte[] lags)
    {
        Ranks = ranks;
        StagesOfRank = stagesOfRank;
        Durations = durations;
        InFlight = inFlight;
        this.duration = duration;
        this.rankPredecessor = rankPredecessor;
        this.dataPredecessor = dataPredecessor;
        this.pairPredecessor = pairPredecessor;
        this.lags = lags;
    }

    /// <summary>Ranks of the graph; for a folded schedule half of the pipeline's.</summary>
    public int Ranks { get; }

    public int Nodes => duration.Length;

    /// <summary>Duration index of a node; -1 for a barrier.</summary>
    internal int DurationOf(int node) => duration[node];

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
    public long Replay(ReadOnlySpan<long> durations, long lag, Span<long> end)
    {
        long makespan = 0;
        for (var i = 0; i < duration.Length; i++)
        {
            var start = Start(i, lag, end, out _);
            var finish = start + (duration[i] < 0 ? 0 : durations[duration[i]]);
            end[i] = finish;
            if (finish > makespan) makespan = finish;
        }

        return makespan;
    }

    /// <summary>The critical path of a replay whose ends are in <paramref name="end"/>.</summary>
    public PathCut CriticalPath(long lag, ReadOnlySpan<long> end)
    {
        var coefficients = new int[Durations.Length];
        var node = 0;
        for (var i = 1; i < end.Length; i++)
            if (end[i] > end[node]) node = i;

        var handOvers = 0;
        while (node >= 0)
        {
            if (duration[node] >= 0) coefficients[duration[node]]++;
            Start(node, lag, end, out var from);
            if (from >= 0) handOvers += LagOf(node, from);
            node = from;
        }

        return new PathCut([.. coefficients], handOvers);
    }

    // A data predecessor that is also the rank predecessor still carries its lag, or the path would be shorter than the makespan.
    private int LagOf(int node, int from) =>
        (dataPredecessor[node] == from && (lags[node] & 1) != 0) || (pairPredecessor[node] == from && (lags[node] & 2) != 0) ? 1 : 0;

    private long Start(int node, long lag, ReadOnlySpan<long> end, out int from)
    {
        long start = 0;
        from = -1;
        var rank = rankPredecessor[node];
        if (rank >= 0)
        {
            start = end[rank];
            from = rank;
        }

        var data = dataPredecessor[node];
        if (data >= 0)
        {
            var ready = end[data] + ((lags[node] & 1) != 0 ? lag : 0);
            if (ready > start)
            {
                start = ready;
                from = data;
            }
        }

        var pair = pairPredecessor[node];
        if (pair >= 0)
        {
            var ready = end[pair] + ((lags[node] & 2) != 0 ? lag : 0);
            if (ready > start)
            {
                start = ready;
                from = pair;
            }
        }

        return start;
    }
}
