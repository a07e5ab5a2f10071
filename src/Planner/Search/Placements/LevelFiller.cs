using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Adds a rank's contents with the recompute policies that its stages may follow. Policies under which no operation is shorter than under others
/// that fit are left out: they lead to no shorter step. Where memory alone is asked for, the leanest are added.
/// </summary>
internal sealed class LevelFiller(PlacementProblem problem, RankCosts rank, RankLimits limits, PlacementOptions target)
{
    private readonly StageContent[] contents = new StageContent[rank.Stages.Length];
    private readonly ItemCost[] items = new ItemCost[rank.Stages.Length];
    private readonly long[] durations = new long[rank.Durations.Length];

    // Costs of what each stage held last, under every policy: most of the time only the last stage holds something else than before.
    private readonly StageContent[] costed = new StageContent[rank.Stages.Length];
    private readonly ItemCost[] costs = new ItemCost[rank.Stages.Length * problem.LevelsOfStage];
    private bool anyCosted;
    private int costedFirst = -1;
    private readonly List<(StageContent[] Contents, long[] Durations, long Kib)> kept = [];

    /// <summary>Adds.</summary>
    /// <param name="counts">Contents; their levels do not matter.</param>
    /// <param name="firstLayer">Which layer is the first, where layers differ and that is known; else -1.</param>
    public void Add(StageContent[] counts, int firstLayer = -1)
    {
        kept.Clear();
        Cost(counts, firstLayer);
        Try(counts, 0, first: false);
        foreach (var option in kept) target.Add(rank.Rank, option.Contents, option.Durations, option.Kib, firstLayer);
    }

    /// <summary>Whether they would add anything.</summary>
    public bool Allows(StageContent[] counts)
    {
        Cost(counts, -1);
        return Try(counts, 0, first: true);
    }

    private void Cost(StageContent[] counts, int firstLayer)
    {
        anyCosted &= costedFirst == firstLayer;
        costedFirst = firstLayer;
        for (var stage = 0; stage < counts.Length; stage++)
        {
            if (anyCosted && costed[stage] == counts[stage]) continue;
            costed[stage] = counts[stage];
            for (var level = 0; level < problem.LevelsOfStage; level++)
            {
                var content = counts[stage] with { Level = level };
                costs[(stage * problem.LevelsOfStage) + level] = firstLayer < 0 ? rank.Cost(stage, content) : rank.Cost(stage, content, firstLayer);
            }
        }

        anyCosted = true;
    }

    // Keeps all policies that fit, or ends at the first: true where it did.
    private bool Try(StageContent[] counts, int stage, bool first)
    {
        if (stage == counts.Length)
        {
            if (!limits.Allow(items, durations, least: false, out var kib)) return false;
            if (!first) Keep(kib);
            return first;
        }

        for (var level = 0; level < problem.LevelsOfStage; level++)
        {
            contents[stage] = counts[stage] with { Level = level };
            items[stage] = costs[(stage * problem.LevelsOfStage) + level];
            if (Try(counts, stage + 1, first)) return true;
        }

        return false;
    }

    // Where it is not known which ones of layers that differ they are, the least that as many take says nothing about which of two policies is the shorter for those on the stage.
    private void Keep(long kib)
    {
        if (limits.MemoryOnly || problem.Sequence is null || costedFirst >= 0)
        {
            foreach (var other in kept)
                if (limits.MemoryOnly ? other.Kib <= kib : NoLonger(other.Durations, durations)) return;
            kept.RemoveAll(other => limits.MemoryOnly || NoLonger(durations, other.Durations));
        }

        kept.Add(([.. contents], [.. durations], kib));
    }

    private static bool NoLonger(long[] left, long[] right)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i] > right[i]) return false;
        return true;
    }
}
