using System.Collections.Immutable;
using Planner.Search.Experts;

namespace Planner.Plans;

/// <summary>A layer whose experts lie on other ranks.</summary>
/// <param name="Layer">Layer of the model.</param>
/// <param name="Moves">Experts, ascending.</param>
public sealed record ExpertChange(int Layer, ImmutableArray<ExpertMove> Moves)
{
    /// <summary>The layers that differ; empty unless both plans place experts, on as many ranks.</summary>
    public static ImmutableArray<ExpertChange> Between(PlacedExperts? was, PlacedExperts? now)
    {
        if (was is null || now is null || was.Shape.Ranks != now.Shape.Ranks) return [];
        var before = was.Layers.ToDictionary(layer => layer.Layer);
        return
        [
            .. now.Layers.Where(layer => before.ContainsKey(layer.Layer))
                .Select(layer => new ExpertChange(layer.Layer, Moved(before[layer.Layer], layer)))
                .Where(change => !change.Moves.IsEmpty),
        ];
    }

    private static ImmutableArray<ExpertMove> Moved(PlacedLayer was, PlacedLayer now)
    {
        var (before, after) = (Ranks(was), Ranks(now));
        return
        [
            .. before.Select(expert => expert.Key).Union(after.Select(expert => expert.Key)).Order()
                .Select(expert => new ExpertMove(expert, [.. before[expert]], [.. after[expert]]))
                .Where(move => !move.Was.SequenceEqual(move.Now)),
        ];
    }

    // Ranks that hold an expert, ascending.
    private static ILookup<int, int> Ranks(PlacedLayer layer) => layer.Ranks
        .SelectMany((experts, rank) => experts.Select(expert => (Expert: expert, Rank: rank)))
        .ToLookup(held => held.Expert, held => held.Rank);
}

/// <summary>An expert that lies elsewhere.</summary>
/// <param name="Expert">Expert.</param>
/// <param name="Was">Ranks that held it.</param>
/// <param name="Now">Ranks that hold it.</param>
public sealed record ExpertMove(int Expert, ImmutableArray<int> Was, ImmutableArray<int> Now);
