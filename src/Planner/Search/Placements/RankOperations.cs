using System.Runtime.CompilerServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>What one rank of a graph runs and holds, whatever it costs: its durations by what they follow from.</summary>
internal sealed class RankOperations
{
    private static readonly ConditionalWeakTable<ScheduleGraph, RankOperations[]> Known = [];

    private RankOperations(ScheduleGraph graph, int rank, int[] durations)
    {
        Rank = rank;
        Stages = [.. graph.StagesOfRank[rank]];
        Durations = durations;
        var keys = Array.ConvertAll(durations, duration => graph.Durations[duration]);
        Forwards = Of(keys, OperationKind.Forward);
        Backwards = Of(keys, OperationKind.Backward);
        Inputs = Of(keys, OperationKind.BackwardInput);
        Weights = Of(keys, OperationKind.Weight);
        Pairs = [.. Places(keys, OperationKind.Overlapped).Select(at => (at, Local(keys[at].Stage), Local(keys[at].PairStage)))];
        Reductions = [.. Places(keys, OperationKind.ReduceGradients)];
        Updates = [.. Places(keys, OperationKind.Update)];
        InFlight = [.. graph.InFlight[rank].Select(vector => vector.ToArray())];
    }

    public int Rank { get; }

    public int[] Stages { get; }

    /// <summary>Indices of the rank's durations in the graph's table; the places below count along them.</summary>
    public int[] Durations { get; }

    /// <summary>Forwards, and which of the rank's stages runs each.</summary>
    public (int At, int Stage)[] Forwards { get; }

    /// <summary>Full backwards, likewise.</summary>
    public (int At, int Stage)[] Backwards { get; }

    /// <summary>Input gradients.</summary>
    public (int At, int Stage)[] Inputs { get; }

    /// <summary>Weight gradients.</summary>
    public (int At, int Stage)[] Weights { get; }

    /// <summary>Overlapped pairs: the stage that runs forward and the one that runs backward.</summary>
    public (int At, int Forward, int Backward)[] Pairs { get; }

    /// <summary>The end of the step, once.</summary>
    public int[] Reductions { get; }

    /// <summary>Likewise.</summary>
    public int[] Updates { get; }

    /// <summary>Pareto-maximal micro-batches in flight, by stage of the rank.</summary>
    public int[][] InFlight { get; }

    /// <summary>The ranks of a graph, found once.</summary>
    public static RankOperations[] Of(ScheduleGraph graph) => Known.GetValue(graph, Find);

    private static RankOperations[] Find(ScheduleGraph graph)
    {
        var durations = new List<int>[graph.Ranks];
        for (var rank = 0; rank < durations.Length; rank++) durations[rank] = [];
        for (var i = 0; i < graph.Durations.Length; i++) durations[graph.Durations[i].Rank].Add(i);
        return [.. durations.Select((own, rank) => new RankOperations(graph, rank, [.. own]))];
    }

    private (int At, int Stage)[] Of(DurationKey[] keys, OperationKind kind) => [.. Places(keys, kind).Select(at => (at, Local(keys[at].Stage)))];

    private static IEnumerable<int> Places(DurationKey[] keys, OperationKind kind) => Enumerable.Range(0, keys.Length).Where(at => keys[at].Kind == kind);

    private int Local(int stage)
    {
        var local = Array.IndexOf(Stages, stage);
        return local >= 0 ? local : throw new ArgumentException($"rank {Rank} runs an operation of stage {stage}, which it does not hold");
    }
}
