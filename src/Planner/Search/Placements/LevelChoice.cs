using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A rank with the recompute policies of its stages.</summary>
internal sealed record ChosenLevels(int Rank, bool Lean, StageContent[] Contents, long[] Durations, long Kib);

/// <summary>
/// The recompute policies of a rank's stages: of those that fit the memory the ones with the least work, where none fits those that hold least.
/// All of a few combinations are tried, once for every content; of many, one stage after another takes the leaner policy that frees most for
/// its time.
/// </summary>
internal sealed class LevelChoice(PlacementProblem problem)
{
    private const int MostTried = 100;

    private readonly Dictionary<ulong, ChosenLevels> known = [];
    private StageContent[] contents = [];
    private ItemCost[] items = [];

    /// <summary>Chooses for what the rank's stages hold.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="all">Contents of all stages; their levels do not matter.</param>
    /// <param name="lean">The leanest, fitting or not.</param>
    public ChosenLevels Choose(RankCosts rank, ReadOnlySpan<StageContent> all, bool lean)
    {
        var stages = rank.Stages;
        if (contents.Length != stages.Length) (contents, items) = (new StageContent[stages.Length], new ItemCost[stages.Length]);
        var hash = (14695981039346656037UL ^ (uint)rank.Rank) + (lean ? 1UL << 32 : 0);
        for (var i = 0; i < stages.Length; i++)
        {
            contents[i] = all[stages[i]];
            hash = (hash ^ (uint)(contents[i].Dense + (contents[i].Moe << 12) + (contents[i].Mtp << 30))) * 1099511628211UL;
            hash ^= hash >> 29;
        }

        if (known.TryGetValue(hash, out var chosen) && chosen.Rank == rank.Rank && chosen.Lean == lean && Holds(chosen)) return chosen;
        return known[hash] = Chosen(rank, lean);
    }

    private bool Holds(ChosenLevels chosen)
    {
        for (var i = 0; i < contents.Length; i++)
            if (chosen.Contents[i] with { Level = contents[i].Level } != contents[i]) return false;
        return true;
    }

    private ChosenLevels Chosen(RankCosts rank, bool lean)
    {
        var combinations = 1;
        for (var i = 0; i < contents.Length && combinations <= MostTried; i++) combinations *= problem.LevelsOfStage;
        var kib = combinations <= MostTried ? Best(rank, combinations, lean) : Step(rank, lean);
        var durations = new long[rank.Durations.Length];
        rank.Fill(items, durations);
        return new ChosenLevels(rank.Rank, lean, [.. contents], durations, kib);
    }

    private long Best(RankCosts rank, int combinations, bool lean)
    {
        var chosen = 0;
        (long Over, long Work, long Kib) least = (long.MaxValue, 0, 0);
        for (var combination = 0; combination < combinations; combination++)
        {
            var kib = Set(rank, combination);
            var over = lean ? kib : Math.Max(0, kib - problem.LimitKib);
            var here = (over, Work(items), kib);
            if (here.CompareTo(least) < 0) (chosen, least) = (combination, here);
        }

        return Set(rank, chosen);
    }

    private long Set(RankCosts rank, int combination)
    {
        for (var i = 0; i < items.Length; i++)
        {
            Set(rank, i, combination % problem.LevelsOfStage);
            combination /= problem.LevelsOfStage;
        }

        return rank.Memory(items);
    }

    private void Set(RankCosts rank, int local, int level)
    {
        contents[local] = contents[local] with { Level = level };
        items[local] = rank.Cost(local, contents[local]);
    }

    private long Step(RankCosts rank, bool lean)
    {
        for (var i = 0; i < items.Length; i++)
        {
            var (fastest, least) = (0, long.MaxValue);
            for (var level = 0; level < problem.LevelsOfStage; level++)
            {
                Set(rank, i, level);
                if (Work(items[i]) >= least) continue;
                (fastest, least) = (level, Work(items[i]));
            }

            Set(rank, i, fastest);
        }

        var kib = rank.Memory(items);
        while (lean || kib > problem.LimitKib)
        {
            var (stage, to, most) = (-1, 0, 0.0);
            for (var i = 0; i < items.Length; i++)
            {
                var (own, item) = (contents[i].Level, items[i]);
                for (var level = 0; level < problem.LevelsOfStage; level++)
                {
                    Set(rank, i, level);
                    var freed = (kib - rank.Memory(items)) / (double)Math.Max(1, Work(items[i]) - Work(item));
                    if (freed > most) (stage, to, most) = (i, level, freed);
                }

                Set(rank, i, own);
            }

            if (stage < 0) return kib;
            Set(rank, stage, to);
            kib = rank.Memory(items);
        }

        return kib;
    }

    private static long Work(ItemCost[] items)
    {
        long work = 0;
        foreach (var item in items) work += Work(item);
        return work;
    }

    private static long Work(in ItemCost item) => item.Forward + item.BackwardInput + item.Weight + item.PairBackwardCompute;
}
