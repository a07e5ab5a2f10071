using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>First placements: layer after layer to the rank with the least.</summary>
internal static class PlacementStart
{
    /// <summary>Even work: each layer to the rank whose own operations take least. Null where that leads out of the memory.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LayerCounts? Work(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts, int mtpPlace, CancellationToken cancel)
    {
        var counts = LayerCounts.Least(problem, mtpPlace);
        if (counts is null) return null;
        var state = new RankStates(problem, costs);
        var measure = new long[costs.Length];
        var blocked = new bool[problem.Stages];
        state.Load(counts);
        for (var placed = counts.Layers.Sum(); placed < problem.DenseLayers + problem.MoeLayers;)
        {
            cancel.ThrowIfCancellationRequested();
            for (var rank = 0; rank < costs.Length; rank++)
                if (state.Changed[rank]) measure[rank] = costs[rank].Weight(rankCuts[rank], state.Durations(rank));
            var stage = -1;
            foreach (var rank in costs)
                foreach (var candidate in rank.Stages)
                {
                    if (blocked[candidate] || !counts.Grows(candidate)) continue;
                    var other = stage < 0 ? -1 : state.RankOf(stage);
                    if (stage < 0 || measure[rank.Rank] < measure[other]
                        || (rank.Rank == other && counts.Layers[candidate] < counts.Layers[stage])) stage = candidate;
                }

            if (stage < 0) return null;
            counts.Layers[stage]++;
            state.Load(counts);
            if (state.Memory(state.RankOf(stage)) <= problem.LimitKib)
            {
                placed++;
                continue;
            }

            counts.Layers[stage]--;
            state.Load(counts);
            blocked[stage] = true;
        }

        return state.FullestOverrun(out _) <= 0 ? counts : null;
    }

    /// <summary>Even memory: each layer to where the fuller rank is least full afterwards, fitting or not. Null where there are too few layers.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LayerCounts? Memory(PlacementProblem problem, RankCosts[] costs, int mtpPlace, CancellationToken cancel)
    {
        var counts = LayerCounts.Least(problem, mtpPlace);
        if (counts is null) return null;
        var state = new RankStates(problem, costs) { Lean = true };

        // Where all layers are of one kind, one more changes its own rank alone: what the others would hold is known from before.
        var alike = problem.DenseLayers == 0 || problem.MoeLayers == 0;
        var known = new long[problem.Stages];
        Array.Fill(known, -1);
        for (var placed = counts.Layers.Sum(); placed < problem.DenseLayers + problem.MoeLayers; placed++)
        {
            cancel.ThrowIfCancellationRequested();
            var best = -1;
            var least = long.MaxValue;
            for (var stage = 0; stage < problem.Stages; stage++)
            {
                if (!counts.Grows(stage)) continue;
                if (!alike || known[stage] < 0)
                {
                    counts.Layers[stage]++;
                    state.Load(counts);
                    known[stage] = state.Memory(state.RankOf(stage));
                    counts.Layers[stage]--;
                }

                if (known[stage] >= least) continue;
                (best, least) = (stage, known[stage]);
            }

            if (best < 0) return null;
            counts.Layers[best]++;
            foreach (var stage in costs[state.RankOf(best)].Stages) known[stage] = -1;
        }

        return counts;
    }
}
