using System.Runtime.CompilerServices;
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
    private readonly LevelChoice levels;
    private bool loaded;

    public RankStates(PlacementProblem problem, RankCosts[] costs, LevelChoice? known = null)
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
        levels = known ?? new LevelChoice(problem);
        foreach (var rank in costs)
        {
            items[rank.Rank] = new ItemCost[rank.Stages.Length];
            durations[rank.Rank] = new long[rank.Durations.Length];
            for (var i = 0; i < rank.Stages.Length; i++) (rankOf[rank.Stages[i]], local[rank.Stages[i]]) = (rank.Rank, i);
        }
    }

    /// <summary>Stages take their leanest recompute policies, fitting or not.</summary>
    public bool Lean { get; init; }

    public ReadOnlySpan<StageContent> Contents => contents;

    /// <summary>Ranks that the last load changed.</summary>
    public ReadOnlySpan<bool> Changed => changed;

    public int RankOf(int stage) => rankOf[stage];

    public ReadOnlySpan<long> Durations(int rank) => durations[rank];

    public long Memory(int rank) => memory[rank];

    /// <summary>Takes a placement; where stages have a choice of recompute policy, each rank the shortest that fits it, or else the leanest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(LayerCounts counts)
    {
        counts.Contents(next);
        Array.Clear(changed);
        for (var stage = 0; stage < next.Length; stage++)
        {
            if (loaded && next[stage] == contents[stage] with { Level = 0 }) continue;
            contents[stage] = next[stage];
            if (problem.LevelsOfStage == 1) items[rankOf[stage]][local[stage]] = costs[rankOf[stage]].Cost(local[stage], next[stage]);
            changed[rankOf[stage]] = true;
        }

        loaded = true;
        for (var rank = 0; rank < changed.Length; rank++)
        {
            if (!changed[rank]) continue;
            if (problem.LevelsOfStage > 1)
            {
                var chosen = levels.Choose(costs[rank], contents, Lean);
                for (var i = 0; i < chosen.Contents.Length; i++) contents[costs[rank].Stages[i]] = chosen.Contents[i];
                (durations[rank], memory[rank]) = (chosen.Durations, chosen.Kib);
                continue;
            }

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
