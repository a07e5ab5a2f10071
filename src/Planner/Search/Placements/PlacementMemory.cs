using Planner.Cost.Pipeline;
namespace Planner.Search;

/// <summary>The placement whose fullest rank is least full: a shortest path through the lattice that takes the worst arc instead of the sum.</summary>
internal static class PlacementMemory
{
    /// <summary>Least overrun of the fullest rank in KiB (not above zero: it fits) and the rank.</summary>
    /// <param name="problem">The placement.</param>
    /// <param name="rules">What stages may hold.</param>
    /// <param name="costs">The ranks.</param>
    /// <param name="known">Overrun of some placement.</param>
    public static (long Overrun, int Rank, LayerCounts Counts) Least(
        PlacementProblem problem, PlacementRules rules, RankCosts[] costs, (long Overrun, int Rank, LayerCounts Counts) known)
    {
        // Where it is known which layers a rank holds, what they keep may be more than the least that is known of the other placement.
        var most = problem.KnowsFirstLayers ? long.MaxValue / 4 : problem.LimitKib + known.Overrun;
        var options = PlacementOptions.Enumerate(problem, rules, costs, [], long.MaxValue, most);
        var lattice = PlacementLatticeBuilder.Build(problem, rules, costs, options);
        var worst = new long[lattice.Nodes];
        var best = new int[lattice.Nodes];
        worst[^1] = long.MinValue;
        for (var node = lattice.Nodes - 2; node >= 0; node--)
        {
            worst[node] = long.MaxValue;
            for (var arc = lattice.ArcStart[node]; arc < lattice.ArcStart[node + 1]; arc++)
            {
                var through = Math.Max(options.Memory[lattice.OptionIds[lattice.ArcOption[arc]]], worst[lattice.ArcTo[arc]]);
                if (through >= worst[node]) continue;
                worst[node] = through;
                best[node] = arc;
            }
        }

        var root = 0;
        for (var other = 1; other < lattice.Roots; other++)
            if (worst[other] < worst[root]) root = other;
        var rank = -1;
        var placeOne = false;
        var layers = new int[problem.Stages];
        for (var node = root; node < lattice.Nodes - 1; node = lattice.ArcTo[best[node]])
        {
            var option = lattice.OptionIds[lattice.ArcOption[best[node]]];
            var owner = costs[options.Ranks[option]];
            if (rank < 0 && options.Memory[option] == worst[root]) rank = owner.Rank;
            var contents = options.Contents(option, owner);
            for (var i = 0; i < contents.Length; i++)
            {
                layers[owner.Stages[i]] = contents[i].Layers;
                placeOne |= contents[i].Mtp > 0 && owner.Stages[i] == problem.Stages - 2;
            }
        }

        return (worst[root] - problem.LimitKib, rank, LayerCounts.Of(problem, layers, placeOne ? 1 : 0));
    }
}
