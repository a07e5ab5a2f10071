using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// A lower bound of one layout by the lattice of its placements alone: no placement is shorter than a limit at which nothing is left of the lattice.
/// What a rank can hold in so much time and memory is exact there, its stages' recompute policies included, so the ranks' layers do not add up
/// long before a search has looked at everything.
/// </summary>
internal static class LatticeBound
{
    private const int Halvings = 6;

    // The newest cuts are those of the shortest placements.
    private const int MostCuts = 200;

    /// <summary>Ticks between a bound that is known and the makespan that is to beat.</summary>
    public static long Of(PlacementProblem problem, IReadOnlyList<PathCut> found, long known, long makespan, CancellationToken cancel)
    {
        var costs = RankCosts.Of(problem);
        var rules = new PlacementRules(problem);
        PathCut[] cuts = [.. RankCuts.Of(problem.Graph, cancel), .. found.Skip(Math.Max(0, found.Count - MostCuts))];
        if (Empty(makespan)) return makespan;
        var (low, high) = (known, makespan);
        for (var i = 0; i < Halvings && high - low > 1 && !cancel.IsCancellationRequested; i++)
        {
            var middle = low + ((high - low) / 2);
            if (Empty(middle)) low = middle;
            else high = middle;
        }

        return low;

        bool Empty(long limit)
        {
            var options = PlacementOptions.Enumerate(problem, rules, costs, cuts, limit, problem.LimitKib);
            var lattice = PlacementLatticeBuilder.Build(problem, rules, costs, options);
            while (!lattice.Empty)
            {
                lattice.Load(cuts, 0, options, costs, problem.Lag);
                var pruned = lattice.Pruned(limit);
                if (pruned.Arcs == lattice.Arcs) return false;
                lattice = pruned;
            }

            return true;
        }
    }
}
