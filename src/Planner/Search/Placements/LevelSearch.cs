using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// The best recompute policies of all stages where it is known how many layers each holds: rank after rank takes each of its ways to recompute that
/// fit, as long as no path is too long with the least that the ranks after it add.
/// </summary>
internal sealed class LevelSearch(PlacementProblem problem, RankCosts[] costs, Incumbent incumbent)
{
    private const int MostCombinations = 20_000;
    private const int MostNodes = 20_000;

    private readonly StageContent[] contents = new StageContent[problem.Stages];
    private readonly int[] first = new int[problem.Stages];
    private readonly List<PathCut> paths = [];

    // By rank: what its stages may follow, as contents and as durations; by rank and path: what a rank adds to it with each, and at least from the rank on.
    private readonly List<(StageContent[] Contents, long[] Durations)>[] ways = new List<(StageContent[] Contents, long[] Durations)>[costs.Length];
    private readonly List<long[]>[] weights = new List<long[]>[costs.Length];
    private readonly List<long[]> least = [];
    private long[] lengths = [];
    private int nodes;

    /// <summary>Offers what is better than the best so far.</summary>
    /// <param name="layers">Layers a stage.</param>
    /// <param name="mtpPlace">0: the MTP module is on the last stage; 1: on the one before it.</param>
    /// <param name="known">Paths that may rule out many.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="spent">Ways looked at.</param>
    /// <returns>False where there were too many ways to look at all.</returns>
    public bool Run(int[] layers, int mtpPlace, IEnumerable<PathCut> known, CancellationToken cancel, out int spent)
    {
        LayerCounts.Of(problem, layers, mtpPlace).Contents(contents);
        for (var stage = 1; stage < first.Length; stage++) first[stage] = first[stage - 1] + layers[stage - 1];
        (spent, nodes) = (1, 0);
        foreach (var rank in costs)
        {
            if (Math.Pow(problem.LevelsOfStage, rank.Stages.Length) > MostCombinations) return false;
            ways[rank.Rank] = Ways(rank);
            if (ways[rank.Rank].Count == 0) return true;
        }

        paths.Clear();
        least.Clear();
        foreach (var rank in costs) weights[rank.Rank] = [];
        foreach (var path in known) Add(path);
        lengths = [.. paths.Select(path => path.Lags * problem.Lag)];
        var all = Try(0, cancel);
        spent += nodes;
        return all;
    }

    private bool Try(int rank, CancellationToken cancel)
    {
        if (rank == costs.Length)
        {
            incumbent.Replay(contents, out var cut);
            Add(cut);
            Array.Resize(ref lengths, paths.Count);
            lengths[^1] = cut.Length(incumbent.Durations, problem.Lag);
            return true;
        }

        for (var way = 0; way < ways[rank].Count; way++)
        {
            if (nodes++ >= MostNodes || cancel.IsCancellationRequested) return false;
            var (held, durations) = ways[rank][way];
            for (var i = 0; i < held.Length; i++) contents[costs[rank].Stages[i]] = held[i];
            incumbent.Put(rank, durations);
            var known = paths.Count;
            if (TooLong(rank, way, known)) continue;
            for (var path = 0; path < known; path++) lengths[path] += weights[rank][path][way];
            var all = Try(rank + 1, cancel);
            for (var path = 0; path < paths.Count; path++) lengths[path] -= weights[rank][path][way];
            if (!all) return false;
        }

        return true;
    }

    private bool TooLong(int rank, int way, int known)
    {
        for (var path = known - 1; path >= 0; path--)
            if (lengths[path] + weights[rank][path][way] + least[path][rank + 1] >= incumbent.UpperBound) return true;
        return false;
    }

    private void Add(PathCut path)
    {
        var rest = new long[costs.Length + 1];
        for (var rank = costs.Length - 1; rank >= 0; rank--)
        {
            var own = weights[rank];
            own.Add([.. ways[rank].Select(way => costs[rank].Weight(path, way.Durations))]);
            rest[rank] = rest[rank + 1] + own[^1].Min();
        }

        paths.Add(path);
        least.Add(rest);
    }

    // All that fit; of those in which one stage alone differs, so that nothing it runs takes longer under one policy, that one.
    private List<(StageContent[] Contents, long[] Durations)> Ways(RankCosts rank)
    {
        var (stages, levels) = (rank.Stages, problem.LevelsOfStage);
        var policies = new ItemCost[stages.Length, levels];
        for (var i = 0; i < stages.Length; i++)
            for (var level = 0; level < levels; level++)
            {
                var content = contents[stages[i]] with { Level = level };
                policies[i, level] = problem.Sequence is null ? rank.Cost(i, content) : rank.Cost(i, content, first[stages[i]]);
            }

        var fitting = new List<(StageContent[] Contents, long[] Durations)>();
        var (items, chosen) = (new ItemCost[stages.Length], new int[stages.Length]);
        Fill(0);
        return fitting;

        void Fill(int stage)
        {
            for (var level = 0; stage < stages.Length && level < levels; level++)
            {
                (items[stage], chosen[stage]) = (policies[stage, level], level);
                Fill(stage + 1);
            }

            if (stage < stages.Length || rank.Memory(items) > problem.LimitKib || Beaten()) return;
            var durations = new long[rank.Durations.Length];
            rank.Fill(items, durations);
            fitting.Add(([.. chosen.Select((level, i) => contents[stages[i]] with { Level = level })], durations));
        }

        bool Beaten()
        {
            for (var i = 0; i < items.Length; i++)
            {
                var own = items[i];
                for (var level = 0; level < levels; level++)
                {
                    var other = policies[i, level];
                    if (level == chosen[i] || !NoLonger(other, own) || (level > chosen[i] && NoLonger(own, other))) continue;
                    items[i] = other;
                    var fits = rank.Memory(items) <= problem.LimitKib;
                    items[i] = own;
                    if (fits) return true;
                }
            }

            return false;
        }
    }

    // What runs alone; pairs are not searched so.
    private static bool NoLonger(in ItemCost a, in ItemCost b) =>
        a.Forward <= b.Forward && a.BackwardInput <= b.BackwardInput && a.Weight <= b.Weight && a.ReduceGradients <= b.ReduceGradients && a.Update <= b.Update;
}
