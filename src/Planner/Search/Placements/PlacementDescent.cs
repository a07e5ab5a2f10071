using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Local search by moves of one layer. A move is replayed only where no known cut already reaches the current makespan, so a few dozen
/// replays stand for a thousand moves; each replay's critical path is a further cut.
/// </summary>
internal sealed class PlacementDescent
{
    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly Incumbent incumbent;
    private readonly RankStates state;
    private readonly RankStates trial;
    private readonly List<(long Bound, int From, int To)> moves = [];

    public PlacementDescent(PlacementProblem problem, RankCosts[] costs, Incumbent incumbent)
    {
        this.problem = problem;
        this.costs = costs;
        this.incumbent = incumbent;
        var levels = new LevelChoice(problem);
        state = new RankStates(problem, costs, levels);
        trial = new RankStates(problem, costs, levels);
    }

    /// <summary>Descends from the counts (which it changes) until no move helps or the replays are used up.</summary>
    public void Run(LayerCounts counts, int replays, CancellationToken cancel)
    {
        state.Load(counts);
        var current = Replay(state);
        if (replays == 0) return;
        using var bounds = new LayerMoves(problem, costs, state, trial, incumbent.Cuts.Count + replays);
        foreach (var cut in incumbent.Cuts) bounds.Add(cut);
        while (replays > 0 && !cancel.IsCancellationRequested)
        {
            bounds.Load(counts);
            List(bounds, counts, current, cancel);
            var known = bounds.Cuts;
            var improved = false;
            foreach (var (_, from, to) in moves)
            {
                if (replays == 0 || cancel.IsCancellationRequested) return;
                var addsUp = bounds.AddsUp(from, to);
                if (addsUp && bounds.Newest(from, to, known) >= current) continue;
                Move(counts, from, to);
                trial.Load(counts);
                if (addsUp || bounds.Trial(known, current) < current)
                {
                    replays--;
                    var makespan = Replay(trial);
                    improved = makespan < current;
                    if (improved)
                    {
                        current = makespan;
                        state.Load(counts);
                    }

                    bounds.Add(incumbent.Cuts[^1]);
                    if (improved) break;
                }

                Move(counts, to, from);
            }

            if (!improved) return;
        }
    }

    private static void Move(LayerCounts counts, int from, int to)
    {
        counts.Layers[from]--;
        counts.Layers[to]++;
    }

    private long Replay(RankStates placement)
    {
        for (var rank = 0; rank < costs.Length; rank++) incumbent.Put(rank, placement.Durations(rank));
        var makespan = incumbent.Replay(placement.Contents, out var cut);
        incumbent.Cuts.Add(cut);
        return makespan;
    }

    // Moves that fit and that no cut rules out, most promising first.
    private void List(LayerMoves bounds, LayerCounts counts, long current, CancellationToken cancel)
    {
        moves.Clear();
        for (var from = 0; from < problem.Stages && !cancel.IsCancellationRequested; from++)
        {
            if (counts.Layers[from] <= counts.Least(from)) continue;
            bounds.From(from);
            for (var to = 0; to < problem.Stages; to++)
            {
                if (to == from || !counts.Grows(to)) continue;
                var addsUp = bounds.AddsUp(from, to);
                var bound = addsUp ? bounds.Bound(to, current) : 0;
                if (bound >= current) continue;
                if (bounds.Separate(from, to))
                {
                    if (bounds.Fits(from, to)) moves.Add((bound, from, to));
                    continue;
                }

                Move(counts, from, to);
                trial.Load(counts);
                if (trial.FullestOverrun(out _) > 0) bound = current;
                else if (!addsUp) bound = bounds.Trial(0, current);
                Move(counts, to, from);
                if (bound < current) moves.Add((bound, from, to));
            }
        }

        moves.Sort();
    }
}
