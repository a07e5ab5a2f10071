using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>One operation of a replayed step, in ticks.</summary>
public readonly record struct ReplayedOperation(int Rank, Operation Operation, long Start, long End);

/// <summary>Replays the program of every rank of a pipeline, for time lines.</summary>
public static class ProgramReplay
{
    /// <summary>
    /// For every rank of the pipeline its operations in order with start and end; an operation starts when its rank is free and its inputs
    /// have arrived. The end of step (<see cref="OperationKind.ReduceGradients"/>, <see cref="OperationKind.Update"/>) is included.
    /// </summary>
    /// <param name="schedule">Schedule.</param>
    /// <param name="shape">Free of objections.</param>
    /// <param name="durations">As below.</param>
    /// <param name="lag">Ticks of a hand-over between ranks.</param>
    public static ImmutableArray<ImmutableArray<ReplayedOperation>> Run(
        ISchedule schedule, PipelineShape shape, Func<DurationKey, long> durations, long lag) =>
        Run(new BuiltPipeline(schedule, shape), durations, lag);

    /// <summary>The same for a pipeline already built.</summary>
    /// <param name="pipeline">Pipeline.</param>
    /// <param name="durations">
    /// Ticks by key, for the keys of <see cref="ISchedule.Graph"/>: where that is folded, a mirrored rank asks with the rank it is folded to.
    /// </param>
    /// <param name="lag">Ticks of a hand-over between ranks.</param>
    public static ImmutableArray<ImmutableArray<ReplayedOperation>> Run(BuiltPipeline pipeline, Func<DurationKey, long> durations, long lag)
    {
        var (schedule, shape) = (pipeline.Schedule, pipeline.Shape);
        var (graph, ranks, operations) = pipeline.Unfolded;
        var ticks = new long[graph.Durations.Length];
        for (var i = 0; i < ticks.Length; i++)
        {
            var key = graph.Durations[i];
            ticks[i] = durations(key with { Rank = Folded(key.Rank, schedule, shape) });
        }

        var ends = new long[graph.Nodes];
        graph.Replay(ticks, lag, ends);

        var lines = new ImmutableArray<ReplayedOperation>.Builder[shape.Ranks];
        for (var rank = 0; rank < lines.Length; rank++) lines[rank] = ImmutableArray.CreateBuilder<ReplayedOperation>();
        for (var node = 0; node < ends.Length; node++)
        {
            if (ranks[node] < 0) continue;
            var start = ends[node] - ticks[graph.DurationOf(node)];
            lines[ranks[node]].Add(new ReplayedOperation(ranks[node], operations[node], start, ends[node]));
        }

        return [.. lines.Select(line => line.ToImmutable())];
    }

    // Two copies of the model run towards each other: rank r and its mirror hold the same stages.
    private static int Folded(int rank, ISchedule schedule, PipelineShape shape) =>
        schedule.Copies == 2 ? Math.Min(rank, shape.Ranks - 1 - rank) : rank;
}
