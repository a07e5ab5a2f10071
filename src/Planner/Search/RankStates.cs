using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>Contents, durations and memory of every rank for one placement; only ranks whose contents changed are computed again.</summary>
internal sealed class RankStates
{
    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly StageContent[] contents;
    private readonly StageContent[] next;
    private readonly ItemCost[][] items;
    private readonly long[][] durations;
    private readonly long[] memory;
    private readonly int[] rankOf;
    private readonly int[] local;
    private readonly bool[] changed;
    private bool loaded;

    public RankStates(PlacementProblem problem, RankCosts[] costs)
    {
        this.problem = problem;
        this.costs = costs;
        contents = new StageContent[problem.Stages];
        next = new StageContent[problem.Stages];
        items = new ItemCost[costs.Length][];
        durations = new long[costs.Length][];
        memory = new long[costs.Length];
        rankOf = new int[problem.Stages];
        local = new int[problem.Stages];
        changed = new bool[costs.Length];
        foreach (var rank in costs)
        {
            items[rank.Rank] = new ItemCost[rank.Stages.Length];
            durations[rank.Rank] = new long[rank.Durations.Length];
            for (var i = 0; i < rank.Stages.Length; i++) (rankOf[rank.Stages[i]], local[rank.Stages[i]]) = (rank.Rank, i);
        }
    }

    public ReadOnlySpan<StageContent> Contents => contents;

    /// <summary>Ranks that the last load changed.</summary>
    public ReadOnlySpan<bool> Changed => changed;

    public int RankOf(int stage) => rankOf[stage];

    public ReadOnlySpan<long> Durations(int rank) => durations[rank];

    public long Memory(int rank) => memory[rank];

    public void Load(LayerCounts counts)
    {
        counts.Contents(next);
        Array.Clear(changed);
        for (var stage = 0; stage < next.Length; stage++)
        {
            if (loaded && next[stage] == contents[stage]) continue;
            contents[stage] = next[stage];
            items[rankOf[stage]][local[stage]] = costs[rankOf[stage]].Cost(local[stage], next[stage]);
            changed[rankOf[stage]] = true;
        }

        loaded = true;
        for (var rank = 0; rank < changed.Length; rank++)
        {
            if (!changed[rank]) continue;
            costs[rank].Fill(items[rank], durations[rank]);
            memory[rank] = costs[rank].Memory(items[rank]);
        }
    }

    /// <summary>How far the fullest rank is over the limit (below zero: room left).</summary>
    public long FullestOverrun(out int fullest)
    {
        fullest = 0;
        for (var rank = 1; rank < memory.Length; rank++)
            if (memory[rank] > memory[fullest]) fullest = rank;
        return memory[fullest] - problem.LimitKib;
    }
}
