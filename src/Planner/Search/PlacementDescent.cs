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
    private readonly List<long[]> weights = [];
    private readonly List<(long Bound, int From, int To)> moves = [];

    public PlacementDescent(PlacementProblem problem, RankCosts[] costs, Incumbent incumbent)
    {
        this.problem = problem;
        this.costs = costs;
        this.incumbent = incumbent;
        state = new RankStates(problem, costs);
        trial = new RankStates(problem, costs);
    }

    /// <summary>Descends from the counts (which it changes) until no move helps or the replays are used up.</summary>
    public void Run(LayerCounts counts, int replays, CancellationToken cancel)
    {
        state.Load(counts);
        var current = Replay(state);
        Weigh();
        while (replays > 0 && !cancel.IsCancellationRequested)
        {
            List(counts, current);
            var improved = false;
            foreach (var (_, from, to) in moves)
            {
                Move(counts, from, to);
                trial.Load(counts);
                if (replays > 0 && Bound(current) < current)
                {
                    replays--;
                    var makespan = Replay(trial);
                    if (makespan < current)
                    {
                        current = makespan;
                        improved = true;
                        state.Load(counts);
                        break;
                    }

                    weights.Add(WeightsOf(incumbent.Cuts.Count - 1));
                }

                Move(counts, to, from);
            }

            if (!improved) return;
            Weigh();
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

    private void List(LayerCounts counts, long current)
    {
        moves.Clear();
        for (var from = 0; from < problem.Stages; from++)
        {
            if (counts.Layers[from] <= counts.Least(from)) continue;
            for (var to = 0; to < problem.Stages; to++)
            {
                if (to == from || !counts.Grows(to)) continue;
                Move(counts, from, to);
                trial.Load(counts);
                if (trial.FullestOverrun(out _) <= 0)
                {
                    var bound = Bound(current);
                    if (bound < current) moves.Add((bound, from, to));
                }

                Move(counts, to, from);
            }
        }

        moves.Sort();
    }

    // Longest cut at the trial, or the first that reaches the limit.
    private long Bound(long limit)
    {
        long longest = 0;
        for (var cut = weights.Count - 1; cut >= 0; cut--)
        {
            var path = incumbent.Cuts[cut];
            var length = weights[cut][^1];
            for (var rank = 0; rank < costs.Length; rank++)
            {
                length += Differs(rank)
                    ? CutTable.Weight(path, costs[rank], trial.Durations(rank))
                    : weights[cut][rank];
            }

            if (length >= limit) return length;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private bool Differs(int rank)
    {
        foreach (var stage in costs[rank].Stages)
            if (trial.Contents[stage] != state.Contents[stage]) return true;
        return false;
    }

    // What each rank adds to each cut at the current placement; last entry: hand-overs.
    private void Weigh()
    {
        weights.Clear();
        for (var cut = 0; cut < incumbent.Cuts.Count; cut++) weights.Add(WeightsOf(cut));
    }

    private long[] WeightsOf(int cut)
    {
        var own = new long[costs.Length + 1];
        for (var rank = 0; rank < costs.Length; rank++) own[rank] = CutTable.Weight(incumbent.Cuts[cut], costs[rank], state.Durations(rank));
        own[^1] = incumbent.Cuts[cut].Lags * problem.Lag;
        return own;
    }
}
