using System.Buffers;
using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>A graph together with what each node runs: rank and operation; barrier nodes have rank -1.</summary>
internal readonly record struct BuiltGraph(ScheduleGraph Graph, int[] RankOfNode, Operation[] OperationOfNode);

/// <summary>
/// Turns every rank's program into a graph. A forward needs the forward of the stage before, a backward that of the stage behind (the last
/// stage: its own forward), both of the same micro-batch; a weight gradient only follows in its rank's program.
/// </summary>
internal sealed class ScheduleGraphBuilder
{
    // Instead of a node: there is one, not placed yet.
    private const int Missing = -2;
    private const int None = GraphNode.None;

    private readonly PipelinePrograms programs;
    private readonly int microBatches;

    // Node that ends the forward or backward of (stage, micro-batch); -1 until it is placed. Rented.
    private readonly int[] forwards;
    private readonly int[] backwards;

    private readonly List<DurationKey> durationKeys = [];

    // One more than the index of each operation's duration, 0 until it has one: by rank, kind and which of the rank's stages runs, with which other.
    private readonly int[] durationIndex;
    private readonly int[] placeOfStage;
    private readonly int mostStages;

    private readonly GraphNode[] nodes;
    private int placed;

    // Rented; operations only where they are asked for.
    private readonly int[] rankOfNode;
    private readonly Operation[]? operationOfNode;

    private ScheduleGraphBuilder(PipelinePrograms programs, bool withOperations)
    {
        this.programs = programs;
        foreach (var operation in programs.All) microBatches = Math.Max(microBatches, Math.Max(operation.MicroBatch, operation.PairMicroBatch) + 1);
        var (ranks, stages) = (programs.Ranks, programs.Stages);
        foreach (var held in programs.StagesOfRank) mostStages = Math.Max(mostStages, held.Length);
        placeOfStage = new int[ranks * stages];
        for (var rank = 0; rank < ranks; rank++)
            for (var place = 0; place < programs.StagesOfRank[rank].Length; place++) placeOfStage[(rank * stages) + programs.StagesOfRank[rank][place]] = place;
        durationIndex = new int[ranks * ((int)OperationKind.Overlapped + 1) * mostStages * (mostStages + 1)];

        forwards = ArrayPool<int>.Shared.Rent(stages * microBatches);
        backwards = ArrayPool<int>.Shared.Rent(stages * microBatches);
        forwards.AsSpan(0, stages * microBatches).Fill(-1);
        backwards.AsSpan(0, stages * microBatches).Fill(-1);

        // Each barrier node joins the one before it and two more ranks; the first joins three ranks.
        nodes = GC.AllocateUninitializedArray<GraphNode>(programs.All.Length + (2 * ranks) + (ranks / 2));
        rankOfNode = ArrayPool<int>.Shared.Rent(nodes.Length);
        if (withOperations) operationOfNode = new Operation[nodes.Length];
    }

    /// <summary>Builds the graph with what its nodes run.</summary>
    /// <exception cref="InvalidOperationException">The programs deadlock: a bug of the schedule.</exception>
    public static BuiltGraph Build(PipelinePrograms programs)
    {
        var builder = new ScheduleGraphBuilder(programs, withOperations: true);
        var graph = builder.Build();
        var built = new BuiltGraph(graph, [.. builder.rankOfNode.AsSpan(0, graph.Nodes)], builder.operationOfNode!);
        builder.Return();
        return built;
    }

    /// <summary>The graph alone.</summary>
    /// <exception cref="InvalidOperationException">The programs deadlock: a bug of the schedule.</exception>
    public static ScheduleGraph Graph(PipelinePrograms programs)
    {
        var builder = new ScheduleGraphBuilder(programs, withOperations: false);
        var graph = builder.Build();
        builder.Return();
        return graph;
    }

    private ScheduleGraph Build()
    {
        PlaceEndOfStep(PlacePrograms());
        var inFlight = ImmutableArray.CreateBuilder<ImmutableArray<ImmutableArray<int>>>(programs.Ranks);
        for (var rank = 0; rank < programs.Ranks; rank++) inFlight.Add(MicroBatchesInFlight.Of(programs.Of(rank), programs.StagesOfRank[rank], programs.Stages));
        return new ScheduleGraph(programs.StagesOfRank, [.. durationKeys], inFlight.MoveToImmutable(), nodes);
    }

    private void Return()
    {
        ArrayPool<int>.Shared.Return(forwards);
        ArrayPool<int>.Shared.Return(backwards);
        ArrayPool<int>.Shared.Return(rankOfNode);
    }

    // One operation a rank and sweep, so that neighbouring nodes depend little on each other and a replay can overlap them.
    private int[] PlacePrograms()
    {
        var next = new int[programs.Ranks];
        var last = new int[next.Length];
        Array.Fill(last, None);
        var left = programs.All.Length;
        while (left > 0)
        {
            var before = left;
            for (var rank = 0; rank < next.Length; rank++)
            {
                var program = programs.Of(rank);
                if (next[rank] == program.Length) continue;
                ref readonly var operation = ref program[next[rank]];
                var (data, pair) = Inputs(operation);
                if (data == Missing || pair == Missing) continue;
                last[rank] = PlaceOperation(rank, operation, last[rank], data, pair);
                next[rank]++;
                left--;
            }

            if (left == before) throw Deadlock(next);
        }

        return last;
    }

    // The nodes whose outputs an operation takes: its own input, and in a pair that of the backward.
    private (int Data, int Pair) Inputs(in Operation operation) => operation.Kind switch
    {
        OperationKind.Forward => (Producer(operation.Stage, operation.MicroBatch, true), None),
        OperationKind.Backward or OperationKind.BackwardInput => (Producer(operation.Stage, operation.MicroBatch, false), None),
        OperationKind.Weight => (backwards[Slot(operation.Stage, operation.MicroBatch)] >= 0 ? None : Missing, None),
        OperationKind.Overlapped => (
            Producer(operation.Stage, operation.MicroBatch, true), Producer(operation.PairStage, operation.PairMicroBatch, false)),
        _ => throw new InvalidOperationException($"{programs.Title}: {operation.Kind} does not belong in a program; the end of step is added to it."),
    };

    private int Slot(int stage, int microBatch) => (stage * microBatches) + microBatch;

    // The node that a forward or backward waits for; None for the first forward, Missing where it has not been placed.
    private int Producer(int stage, int microBatch, bool forward)
    {
        if (forward && stage == 0) return None;
        var producer = forward
            ? forwards[Slot(stage - 1, microBatch)]
            : stage == programs.Stages - 1 ? forwards[Slot(stage, microBatch)] : backwards[Slot(stage + 1, microBatch)];
        return producer < 0 ? Missing : producer;
    }

    private int PlaceOperation(int rank, in Operation operation, int before, int data, int pair)
    {
        var (kind, stage, microBatch, pairStage, pairMicroBatch) = operation;
        var forward = kind is OperationKind.Forward or OperationKind.Overlapped;
        data = HandedOver(rank, data, forward ? stage - 1 : stage);
        pair = HandedOver(rank, pair, pairStage);
        var node = Place(rank, operation, GraphNode.Operation(DurationOf(rank, operation), before, data, pair));
        if (forward) Complete(forwards, node, stage, microBatch);
        else if (kind != OperationKind.Weight) Complete(backwards, node, stage, microBatch);
        if (kind == OperationKind.Overlapped) Complete(backwards, node, pairStage, pairMicroBatch);
        return node;
    }

    private void Complete(int[] ends, int node, int stage, int microBatch)
    {
        ref var end = ref ends[Slot(stage, microBatch)];
        if (end >= 0) throw new InvalidOperationException($"{programs.Title}: stage {stage} runs micro-batch {microBatch} twice.");
        end = node;
    }

    // Between ranks a hand-over takes the lag. On one rank the order of the program is enough, unless the ranks are folded there.
    private int HandedOver(int rank, int producer, int boundary) =>
        producer >= 0 && (rankOfNode[producer] != rank || (boundary >= 0 && boundary == programs.Seam)) ? producer : None;

    private int DurationOf(int rank, in Operation operation)
    {
        var own = placeOfStage[(rank * programs.Stages) + operation.Stage];
        var pair = operation.PairStage < 0 ? 0 : placeOfStage[(rank * programs.Stages) + operation.PairStage] + 1;
        var place = (((rank * ((int)OperationKind.Overlapped + 1)) + (int)operation.Kind) * mostStages) + own;
        ref var known = ref durationIndex[(place * (mostStages + 1)) + pair];
        if (known == 0) known = NewDuration(rank, operation) + 1;
        return known - 1;
    }

    private int NewDuration(int rank, in Operation operation)
    {
        durationKeys.Add(new DurationKey(operation.Kind, rank, operation.Stage, operation.PairStage));
        return durationKeys.Count - 1;
    }

    private int Place(int rank, in Operation operation, GraphNode node)
    {
        nodes[placed] = node;
        rankOfNode[placed] = rank;
        if (operationOfNode is not null) operationOfNode[placed] = operation;
        return placed++;
    }

    private void PlaceEndOfStep(int[] last)
    {
        var ranks = last.Length;
        for (var rank = 0; rank < ranks; rank++) last[rank] = Once(rank, OperationKind.ReduceGradients, last[rank]);

        var joined = last[0];
        for (var rank = 1; rank < ranks; rank += 2)
        {
            var third = rank + 1 < ranks ? last[rank + 1] : None;
            joined = Place(-1, default, GraphNode.Of(None, joined, last[rank], third));
        }

        for (var rank = 0; rank < ranks; rank++) Once(rank, OperationKind.Update, joined);

        int Once(int rank, OperationKind kind, int before)
        {
            var operation = new Operation(kind, -1, -1);
            return Place(rank, operation, GraphNode.Of(NewDuration(rank, operation), before, None, None));
        }
    }

    private InvalidOperationException Deadlock(int[] next)
    {
        var rank = 0;
        while (next[rank] == programs.Of(rank).Length) rank++;
        return new InvalidOperationException(
            $"{programs.Title} deadlocks: rank {rank} waits at operation {next[rank]}, {programs.Of(rank)[next[rank]]}, for an input that no rank can produce.");
    }
}
