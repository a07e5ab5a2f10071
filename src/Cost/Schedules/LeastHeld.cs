using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// A lower bound of what a rank keeps at its peak, for every placement: n layers, at least one on each of its stages (none beside the embedding
/// or the head), are held for at least Once micro-batches altogether and Each more a layer.
/// </summary>
/// <param name="Once">Micro-batches of the stages' first layers beyond the stage held least.</param>
/// <param name="Each">Micro-batches in flight on the stage held least.</param>
/// <param name="Most">Micro-batches in flight on the stage of the rank held most, or more.</param>
public readonly record struct LeastHeld(int Once, int Each, int Most)
{
    /// <summary>One bound for each combination of micro-batches in flight, for every rank (of half of them where two copies mirror each other).</summary>
    /// <remarks>A schedule holds no less with more micro-batches, so twice as many as ranks stand for all larger numbers.</remarks>
    public static ImmutableArray<ImmutableArray<LeastHeld>> Of(ISchedule schedule, PipelineShape shape)
    {
        var enough = shape with { MicroBatches = Math.Min(shape.MicroBatches, 2 * shape.Ranks) };
        if (schedule.Objection(enough) is not null) enough = shape;
        var last = schedule.Stages(enough) - 1;
        var ranks = shape.Ranks / schedule.Copies;
        var held = ImmutableArray.CreateBuilder<ImmutableArray<LeastHeld>>(ranks);
        using var program = new OperationList();
        for (var rank = 0; rank < ranks; rank++)
        {
            program.Clear();
            schedule.Write(rank, enough, program);
            held.Add(OfRank(schedule.StagesOf(rank, enough), program.All, last, schedule is Interleaved ? 2 : 1));
        }

        return held.MoveToImmutable();
    }

    private static ImmutableArray<LeastHeld> OfRank(ImmutableArray<int> stages, ReadOnlySpan<Operation> program, int last, int uneven)
    {
        var bounds = new List<LeastHeld>();
        var most = 0;
        foreach (var vector in MicroBatchesInFlight.Of(program, stages, last + 1))
        {
            var each = vector.Min();
            most = Math.Max(most, vector.Max());
            var once = 0;
            for (var i = 0; i < stages.Length; i++)
                if (stages[i] != 0 && stages[i] != last) once += vector[i] - each;
            var bound = new LeastHeld(once, each, 0);
            if (bounds.Exists(known => known.Once >= once && known.Each >= each)) continue;
            bounds.RemoveAll(known => known.Once <= once && known.Each <= each);
            bounds.Add(bound);
        }

        // Groups of micro-batches that do not divide their number may be up to twice as large as those looked at.
        return [.. bounds.Select(bound => bound with { Most = uneven * most })];
    }
}
