using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>
/// A second replay to check against, written without the graph: looks inputs up by stage and micro-batch and repeats until no end moves.
/// </summary>
internal static class PlainReplay
{
    /// <summary>Ends of every rank's operations, the end of step left out.</summary>
    public static long[][] Run(ISchedule schedule, PipelineShape shape, Func<int, Operation, long> durations, long lag)
    {
        var programs = schedule.Operations(shape);
        var stages = schedule.Stages(shape);
        var ends = programs.Select(program => new long[program.Length]).ToArray();
        var producers = new Dictionary<(bool Forward, int Stage, int MicroBatch), (int Rank, int Place)>();
        for (var rank = 0; rank < programs.Length; rank++)
        {
            for (var place = 0; place < programs[rank].Length; place++)
            {
                var operation = programs[rank][place];
                switch (operation.Kind)
                {
                    case OperationKind.Forward:
                        producers.Add((true, operation.Stage, operation.MicroBatch), (rank, place));
                        break;
                    case OperationKind.Overlapped:
                        producers.Add((true, operation.Stage, operation.MicroBatch), (rank, place));
                        producers.Add((false, operation.PairStage, operation.PairMicroBatch), (rank, place));
                        break;
                    case OperationKind.Backward or OperationKind.BackwardInput:
                        producers.Add((false, operation.Stage, operation.MicroBatch), (rank, place));
                        break;
                }
            }
        }

        for (var moved = true; moved;)
        {
            moved = false;
            for (var rank = 0; rank < programs.Length; rank++)
            {
                long free = 0;
                for (var place = 0; place < programs[rank].Length; place++)
                {
                    var operation = programs[rank][place];
                    var start = free;
                    foreach (var input in Inputs(operation, stages))
                    {
                        var (from, at) = producers[input];
                        start = Math.Max(start, ends[from][at] + (from == rank ? 0 : lag));
                    }

                    free = start + durations(rank, operation);
                    moved |= ends[rank][place] != free;
                    ends[rank][place] = free;
                }
            }
        }

        return ends;
    }

    private static IEnumerable<(bool Forward, int Stage, int MicroBatch)> Inputs(Operation operation, int stages)
    {
        var (kind, stage, microBatch, pairStage, pairMicroBatch) = operation;
        if (stage > 0 && kind is (OperationKind.Forward or OperationKind.Overlapped)) yield return (true, stage - 1, microBatch);
        if (kind is OperationKind.Backward or OperationKind.BackwardInput)
            yield return stage == stages - 1 ? (true, stage, microBatch) : (false, stage + 1, microBatch);
        if (kind is OperationKind.Overlapped)
            yield return pairStage == stages - 1 ? (true, pairStage, pairMicroBatch) : (false, pairStage + 1, pairMicroBatch);
    }
}
