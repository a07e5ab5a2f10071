using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>The rank and chunk that every stage of a pipeline lies on. A stage of a bidirectional pipeline lies on two ranks: the first direction's counts.</summary>
public static class StagePlaces
{
    public static ImmutableArray<(int Rank, int Chunk)> Of(ISchedule schedule, PipelineShape shape)
    {
        var places = new (int Rank, int Chunk)?[schedule.Stages(shape)];
        for (var rank = 0; rank < shape.Ranks; rank++)
        {
            var held = schedule.StagesOf(rank, shape);
            for (var chunk = 0; chunk < held.Length; chunk++) places[held[chunk]] ??= (rank, chunk);
        }

        return [.. places.Select(place => place!.Value)];
    }
}
