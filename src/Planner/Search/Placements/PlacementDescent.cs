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

    // Where no stages overlap, cuts are linear: what a layer of the main kind adds, by cut and stage, and the cuts' lengths at the current
    // placement. A move that leaves the dense layers where they are is then a sum of three.
    private readonly StageLines? lines;
    private readonly List<long[]> layer = [];
    private readonly List<long> lengths = [];
    private int firstMovable;

    // Memory of a stage's rank with a layer more or less there; -1: not asked yet.
    private readonly long[] more;
    private readonly long[] less;

    // Ranks whose contents a trial changes.
    private readonly List<int> differing = [];

    public PlacementDescent(PlacementProblem problem, RankCosts[] costs, Incumbent incumbent)
    {
        this.problem = problem;
        this.costs = costs;
        this.incumbent = incumbent;
        var levels = new LevelChoice(problem);
        state = new RankStates(problem, costs, levels);
        trial = new RankStates(problem, costs, levels);
        more = new long[problem.Stages];
        less = new long[problem.Stages];
        if (StageLines.Exact(problem)) lines = new StageLines(problem);
    }

    /// <summary>Descends from the counts (which it changes) until no move helps or the replays are used up.</summary>
    public void Run(LayerCounts counts, int replays, CancellationToken cancel)
    {
        state.Load(counts);
        var current = Replay(state);
        Weigh();
        while (replays > 0 && !cancel.IsCancellationRequested)
        {
            List(counts, current, cancel);
            var improved = false;
            foreach (var (_, from, to) in moves)
            {
                if (cancel.IsCancellationRequested) return;
                Move(counts, from, to);
                trial.Load(counts);
                if (replays > 0 && (Moves(from, to) ? MoveBound(current, from, to) : Bound(current)) < current)
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

                    Weigh(incumbent.Cuts.Count - 1);
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

    private void List(LayerCounts counts, long current, CancellationToken cancel)
    {
        moves.Clear();
        Array.Fill(more, -1);
        Array.Fill(less, -1);
        for (var from = 0; from < problem.Stages && !cancel.IsCancellationRequested; from++)
        {
            if (counts.Layers[from] <= counts.Least(from)) continue;
            for (var to = 0; to < problem.Stages; to++)
            {
                if (to == from || !counts.Grows(to)) continue;
                var simple = Moves(from, to);
                var bound = simple ? MoveBound(current, from, to) : 0;
                if (bound >= current) continue;
                if (simple && state.RankOf(from) != state.RankOf(to))
                {
                    if (Fits(counts, from, -1, less) && Fits(counts, to, 1, more)) moves.Add((bound, from, to));
                    continue;
                }

                Move(counts, from, to);
                trial.Load(counts);
                if (trial.FullestOverrun(out _) <= 0)
                {
                    if (!simple) bound = Bound(current);
                    if (bound < current) moves.Add((bound, from, to));
                }

                Move(counts, to, from);
            }
        }

        moves.Sort();
    }

    // A move that leaves the dense layers where they are changes two ranks, each for itself.
    private bool Fits(LayerCounts counts, int stage, int layers, long[] known)
    {
        if (known[stage] < 0)
        {
            counts.Layers[stage] += layers;
            trial.Load(counts);
            known[stage] = trial.Memory(trial.RankOf(stage));
            counts.Layers[stage] -= layers;
        }

        return known[stage] <= problem.LimitKib;
    }

    private bool Moves(int from, int to) => lines is not null && from >= firstMovable && to >= firstMovable
        && (problem.MoeLayers == 0 || state.Contents[from].Moe > 0);

    private long MoveBound(long limit, int from, int to)
    {
        long longest = 0;
        for (var cut = lengths.Count - 1; cut >= 0; cut--)
        {
            var length = lengths[cut] + layer[cut][to] - layer[cut][from];
            if (length >= limit) return length;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    // Longest cut at the trial, or the first that reaches the limit.
    private long Bound(long limit)
    {
        differing.Clear();
        for (var rank = 0; rank < costs.Length; rank++)
            if (Differs(rank)) differing.Add(rank);
        long longest = 0;
        for (var cut = weights.Count - 1; cut >= 0; cut--)
        {
            var length = lengths[cut];
            foreach (var rank in differing)
                length += CutTable.Weight(incumbent.Cuts[cut], costs[rank], trial.Durations(rank)) - weights[cut][rank];
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
        firstMovable = 0;
        if (problem.MoeLayers > 0)
            for (var stage = 0; stage < problem.Stages; stage++)
                if (state.Contents[stage].Dense > 0) firstMovable = stage;
        weights.Clear();
        lengths.Clear();
        for (var cut = 0; cut < incumbent.Cuts.Count; cut++) Weigh(cut);
    }

    private void Weigh(int cut)
    {
        var own = new long[costs.Length + 1];
        for (var rank = 0; rank < costs.Length; rank++) own[rank] = CutTable.Weight(incumbent.Cuts[cut], costs[rank], state.Durations(rank));
        own[^1] = incumbent.Cuts[cut].Lags * problem.Lag;
        weights.Add(own);
        lengths.Add(own.Sum());
        if (lines is not null && layer.Count == cut)
        {
            var line = lines.Of(incumbent.Cuts[cut]);
            layer.Add([.. (problem.MoeLayers > 0 ? line.Moe : line.Dense).Select(value => (long)value)]);
        }
    }
}
