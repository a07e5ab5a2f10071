using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>Where stages lie.</summary>
internal static class StagesOfRank
{
    /// <summary>V: down the ranks and back up, so that first and last stage share rank 0 and the middle hand-over stays on one rank.</summary>
    public static ImmutableArray<int> V(int rank, int ranks) => [rank, (2 * ranks) - 1 - rank];

    /// <summary>Round and round: chunk c of rank r is stage c x ranks + r.</summary>
    public static ImmutableArray<int> Looped(int rank, PipelineShape shape)
    {
        var stages = ImmutableArray.CreateBuilder<int>(shape.Chunks);
        for (var chunk = 0; chunk < shape.Chunks; chunk++) stages.Add((chunk * shape.Ranks) + rank);
        return stages.MoveToImmutable();
    }
}
