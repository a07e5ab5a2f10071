using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Finds cuts by replaying random ways through a lattice: the critical path is kept where all known cuts fall short of the replay. A few dozen
/// of them bound partial placements far better than the cuts of a search, which stop where every whole placement is ruled out. Seeded.
/// </summary>
internal sealed class CutSampler(PlacementProblem problem, RankCosts[] costs, PlacementOptions options)
{
    private readonly Random random = new(1);
    private readonly long[] durations = new long[problem.Graph.Durations.Length];
    private readonly long[] end = new long[problem.Graph.Nodes];

    /// <summary>New cuts from a number of ways. The lattice's tables must hold all known cuts.</summary>
    public List<PathCut> Sample(PlacementLattice lattice, int ways)
    {
        var found = new List<PathCut>();
        var lengths = new long[lattice.Cuts];
        for (var way = 0; way < ways; way++)
        {
            Walk(lattice, lengths);
            var makespan = problem.Graph.Replay(durations, problem.Lag, end);
            var known = lengths.Max();
            foreach (var cut in found) known = Math.Max(known, cut.Length(durations, problem.Lag));
            if (known < makespan) found.Add(problem.Graph.CriticalPath(problem.Lag, end));
        }

        return found;
    }

    // Durations of a random placement and the lengths of all loaded cuts.
    private void Walk(PlacementLattice lattice, long[] lengths)
    {
        lattice.Constants.AsSpan(0, lengths.Length).CopyTo(lengths);
        var node = random.Next(lattice.Roots);
        for (var rank = 0; rank < costs.Length; rank++)
        {
            var arc = random.Next(lattice.ArcStart[node], lattice.ArcStart[node + 1]);
            var option = lattice.ArcOption[arc];
            for (var cut = 0; cut < lengths.Length; cut++) lengths[cut] += lattice.Weights[(option * lattice.Stride) + cut];
            var own = options.Durations(lattice.OptionIds[option], costs[rank]);
            for (var i = 0; i < own.Length; i++) durations[costs[rank].Durations[i]] = own[i];
            node = lattice.ArcTo[arc];
        }
    }
}
