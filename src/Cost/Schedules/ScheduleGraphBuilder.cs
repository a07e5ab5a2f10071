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
    // Instead of a node: there is no such predecessor; there is one, not placed yet.
    private const int None = -1;
    private const int Missing = -2;

    private readonly string title;
    private readonly ImmutableArray<ImmutableArray<Operation>> programs;
    private readonly ImmutableArray<ImmutableArray<int>> stagesOfRank;
    private readonly int stages;
    private readonly int seam;
    private readonly int microBatches;

    // Node that ends the forward or backward of (stage, micro-batch); -1 until it is placed. Rented.
    private readonly int[] forwards;
    private readonly int[] backwards;

    private readonly List<DurationKey> durationKeys = [];

    // One more than the index of each operation's duration, 0 until it has one: by rank, kind and which of the rank's stages runs, with which other.
    private readonly int[] durationIndex;
    private readonly int[] placeOfStage;
    private readonly int mostStages;

    // Rented: the graph copies them.
    private readonly int[] duration;
    private readonly int[] rankPredecessor;
    private readonly int[] dataPredecessor;
    private readonly int[] pairPredecessor;
    private readonly byte[] lags;
    private readonly int[] rankOfNode;
    private readonly Operation[] operationOfNode;
    private int nodes;

    private ScheduleGraphBuilder(PipelinePrograms all)
    {
        (title, programs, stagesOfRank, stages, seam) = (all.Title, all.Programs, all.StagesOfRank, all.Stages, all.Seam);

        var operations = 0;
        foreach (var program in programs)
        {
            operations += program.Length;
            foreach (var operation in program)
                microBatches = Math.Max(microBatches, Math.Max(operation.MicroBatch, operation.PairMicroBatch) + 1);
        }

        foreach (var held in stagesOfRank) mostStages = Math.Max(mostStages, held.Length);
        placeOfStage = new int[programs.Length * stages];
        for (var rank = 0; rank < programs.Length; rank++)
            for (var place = 0; place < stagesOfRank[rank].Length; place++) placeOfStage[(rank * stages) + stagesOfRank[rank][place]] = place;
        durationIndex = new int[programs.Length * ((int)OperationKind.Overlapped + 1) * mostStages * (mostStages + 1)];

        forwards = ArrayPool<int>.Shared.Rent(stages * microBatches);
        backwards = ArrayPool<int>.Shared.Rent(stages * microBatches);
        forwards.AsSpan(0, stages * microBatches).Fill(-1);
        backwards.AsSpan(0, stages * microBatches).Fill(-1);

        // Each barrier node joins the one before it and two more ranks; the first joins three ranks.
        var ranks = programs.Length;
        var size = operations + (2 * ranks) + (ranks / 2);
        duration = ArrayPool<int>.Shared.Rent(size);
        rankPredecessor = ArrayPool<int>.Shared.Rent(size);
        dataPredecessor = ArrayPool<int>.Shared.Rent(size);
        pairPredecessor = ArrayPool<int>.Shared.Rent(size);
        lags = ArrayPool<byte>.Shared.Rent(size);
        rankOfNode = ArrayPool<int>.Shared.Rent(size);
        operationOfNode = ArrayPool<Operation>.Shared.Rent(size);
    }

    /// <summary>Builds the graph with what its nodes run.</summary>
    /// <exception cref="InvalidOperationException">The programs deadlock: a bug of the schedule.</exception>
    public static BuiltGraph Build(PipelinePrograms programs)
    {
        var builder = new ScheduleGraphBuilder(programs);
        var graph = builder.Build();
        var built = new BuiltGraph(graph, [.. builder.rankOfNode.AsSpan(0, graph.Nodes)], [.. builder.operationOfNode.AsSpan(0, graph.Nodes)]);
        builder.Return();
        return built;
    }

    /// <summary>The graph alone.</summary>
    /// <exception cref="InvalidOperationException">The programs deadlock: a bug of the schedule.</exception>
    public static ScheduleGraph Graph(PipelinePrograms programs)
    {
        var builder = new ScheduleGraphBuilder(programs);
        var graph = builder.Build();
        builder.Return();
        return graph;
    }

    private ScheduleGraph Build()
    {
        var last = PlacePrograms();
        PlaceEndOfStep(last);
        var inFlight = ImmutableArray.CreateBuilder<ImmutableArray<ImmutableArray<int>>>(programs.Length);
        for (var rank = 0; rank < programs.Length; rank++) inFlight.Add(MicroBatchesInFlight.Of(programs[rank], stagesOfRank[rank], stages));
        return new ScheduleGraph(
            programs.Length,
            stagesOfRank,
            [.. durationKeys],
            inFlight.MoveToImmutable(),
            duration.AsSpan(0, nodes),
            rankPredecessor,
            dataPredecessor,
            pairPredecessor,
            lags);
    }

    private void Return()
    {
        ArrayPool<int>.Shared.Return(forwards);
        ArrayPool<int>.Shared.Return(backwards);
        ArrayPool<int>.Shared.Return(duration);
        ArrayPool<int>.Shared.Return(rankPredecessor);
        ArrayPool<int>.Shared.Return(dataPredecessor);
        ArrayPool<int>.Shared.Return(pairPredecessor);
        ArrayPool<byte>.Shared.Return(lags);
        ArrayPool<int>.Shared.Return(rankOfNode);
        ArrayPool<Operation>.Shared.Return(operationOfNode);
    }

    // One operation a rank and sweep, so that neighbouring nodes depend little on each other and a replay can overlap them.
    private int[] PlacePrograms()
    {
        var next = new int[programs.Length];
        var last = new int[programs.Length];
        Array.Fill(last, -1);
        var left = programs.Sum(program => program.Length);
        while (left > 0)
        {
            var before = left;
            for (var rank = 0; rank < programs.Length; rank++)
            {
                if (next[rank] == programs[rank].Length) continue;
                var operation = programs[rank][next[rank]];
                if (!Ready(operation)) continue;
                last[rank] = PlaceOperation(rank, operation, last[rank]);
                next[rank]++;
                left--;
            }

            if (left == before) throw Deadlock(next);
        }

        return last;
    }

    private bool Ready(Operation operation) => operation.Kind switch
    {
        OperationKind.Forward => Producer(operation.Stage, operation.MicroBatch, true) != Missing,
        OperationKind.Backward or OperationKind.BackwardInput => Producer(operation.Stage, operation.MicroBatch, false) != Missing,
        OperationKind.Weight => backwards[Slot(operation.Stage, operation.MicroBatch)] >= 0,
        OperationKind.Overlapped => Producer(operation.Stage, operation.MicroBatch, true) != Missing
            && Producer(operation.PairStage, operation.PairMicroBatch, false) != Missing,
        _ => throw new InvalidOperationException($"{title}: {operation.Kind} does not belong in a program; the end of step is added to it."),
    };

    private int Slot(int stage, int microBatch) => (stage * microBatches) + microBatch;

    // The node that a forward or backward waits for; None for the first forward, Missing where it has not been placed.
    private int Producer(int stage, int microBatch, bool forward)
    {
        if (forward && stage == 0) return None;
        var producer = forward
            ? forwards[Slot(stage - 1, microBatch)]
            : stage == stages - 1 ? forwards[Slot(stage, microBatch)] : backwards[Slot(stage + 1, microBatch)];
        return producer < 0 ? Missing : producer;
    }

    private int PlaceOperation(int rank, Operation operation, int predecessor)
    {
        var (kind, stage, microBatch, pairStage, pairMicroBatch) = operation;
        var node = PlaceNode(rank, operation, predecessor);
        if (kind is OperationKind.Forward or OperationKind.Overlapped)
        {
            Wait(node, rank, Producer(stage, microBatch, true), stage - 1, dataPredecessor, 1);
            Complete(forwards, node, stage, microBatch);
        }

        if (kind is OperationKind.Backward or OperationKind.BackwardInput)
        {
            Wait(node, rank, Producer(stage, microBatch, false), stage, dataPredecessor, 1);
            Complete(backwards, node, stage, microBatch);
        }

        if (kind is OperationKind.Overlapped)
        {
            Wait(node, rank, Producer(pairStage, pairMicroBatch, false), pairStage, pairPredecessor, 2);
            Complete(backwards, node, pairStage, pairMicroBatch);
        }

        return node;
    }

    private void Complete(int[] ends, int node, int stage, int microBatch)
    {
        ref var end = ref ends[Slot(stage, microBatch)];
        if (end >= 0) throw new InvalidOperationException($"{title}: stage {stage} runs micro-batch {microBatch} twice.");
        end = node;
    }

    // Between ranks a hand-over takes the lag. On one rank the order of the program is enough, unless the ranks are folded there.
    private void Wait(int node, int rank, int producer, int boundary, int[] predecessors, byte bit)
    {
        if (producer < 0) return;
        var lag = rankOfNode[producer] != rank || (boundary >= 0 && boundary == seam);
        if (!lag) return;
        predecessors[node] = producer;
        lags[node] |= bit;
    }

    private int PlaceNode(int rank, Operation operation, int predecessor)
    {
        // Those at the end of the step occur once.
        if (operation.Stage < 0) return PlaceNode(rank, operation, NewDuration(rank, operation), predecessor, None, None);
        var pair = operation.PairStage < 0 ? 0 : placeOfStage[(rank * stages) + operation.PairStage] + 1;
        var place = (((rank * ((int)OperationKind.Overlapped + 1)) + (int)operation.Kind) * mostStages) + placeOfStage[(rank * stages) + operation.Stage];
        ref var known = ref durationIndex[(place * (mostStages + 1)) + pair];
        if (known == 0) known = NewDuration(rank, operation) + 1;
        return PlaceNode(rank, operation, known - 1, predecessor, None, None);
    }

    private int NewDuration(int rank, Operation operation)
    {
        durationKeys.Add(new DurationKey(operation.Kind, rank, operation.Stage, operation.PairStage));
        return durationKeys.Count - 1;
    }

    private int PlaceNode(int rank, Operation operation, int index, int first, int second, int third)
    {
        var node = nodes++;
        duration[node] = index;
        rankPredecessor[node] = first;
        dataPredecessor[node] = second;
        pairPredecessor[node] = third;
        lags[node] = 0;
        rankOfNode[node] = rank;
        operationOfNode[node] = operation;
        return node;
    }

    private void PlaceEndOfStep(int[] last)
    {
        var ranks = last.Length;
        for (var rank = 0; rank < ranks; rank++)
            last[rank] = PlaceNode(rank, new Operation(OperationKind.ReduceGradients, -1, -1), last[rank]);

        var joined = last[0];
        for (var rank = 1; rank < ranks; rank += 2)
        {
            var third = rank + 1 < ranks ? last[rank + 1] : None;
            joined = PlaceNode(-1, default, -1, joined, last[rank], third);
        }

        for (var rank = 0; rank < ranks; rank++) PlaceNode(rank, new Operation(OperationKind.Update, -1, -1), joined);
    }

    private InvalidOperationException Deadlock(int[] next)
    {
        var rank = 0;
        while (next[rank] == programs[rank].Length) rank++;
        return new InvalidOperationException(
            $"{title} deadlocks: rank {rank} waits at operation {next[rank]}, {programs[rank][next[rank]]}, for an input that no rank can produce.");
    }
}
