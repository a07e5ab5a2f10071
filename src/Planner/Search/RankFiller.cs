using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Enumerates what one rank may hold. Costs never fall when a layer is added, so the first content that breaks a limit ends its loop. Where
/// stages have a choice of recompute policy, the least costs of all policies are judged meanwhile, and each content is added with every
/// combination of policies that is not longer in every operation than another that fits.
/// </summary>
internal sealed class RankFiller
{
    private readonly PlacementProblem problem;
    private readonly RankCosts rank;
    private readonly RankLimits limits;
    private readonly PlacementOptions target;
    private readonly StageContent[] contents;
    private readonly ItemCost[] items;
    private readonly long[] durations;
    private readonly LevelFiller? levels;
    private StageRule[] rules = [];
    private long kib;

    public RankFiller(PlacementProblem problem, RankCosts rank, RankLimits limits, PlacementOptions target)
    {
        this.problem = problem;
        this.rank = rank;
        this.limits = limits;
        this.target = target;
        contents = new StageContent[rank.Stages.Length];
        items = new ItemCost[rank.Stages.Length];
        durations = new long[rank.Durations.Length];
        if (problem.LevelsOfStage > 1) levels = new LevelFiller(problem, rank, limits, target);
    }

    /// <summary>Adds every content the rules allow to the target; the rules are aligned with the rank's stages.</summary>
    public void Fill(StageRule[] stageRules)
    {
        rules = stageRules;
        for (var i = 0; i < contents.Length; i++) Set(i, rules[i].MinDense, rules[i].MinMoe);
        if (Allowed()) Fill(0, 0, 0);
    }

    // Stages behind the one being filled hold their least meanwhile.
    private void Fill(int stage, int dense, int moe)
    {
        if (stage == contents.Length)
        {
            if (levels is not null) levels.Add(contents);
            else if (limits.Allow(items, durations, least: false, out kib)) target.Add(rank.Rank, contents, durations, kib);
            return;
        }

        var rule = rules[stage];
        var mostDense = rule.Dense ? problem.DenseLayers - dense : 0;
        var mostMoe = rule.Moe ? problem.MoeLayers - moe : 0;
        for (var d = rule.MinDense; d <= mostDense; d++)
        {
            var any = false;
            for (var m = rule.MinMoe; m <= mostMoe; m++)
            {
                Set(stage, d, m);
                if (!Allowed()) break;
                any = true;
                Fill(stage + 1, dense + d, moe + m);
            }

            if (!any) break;
        }

        Set(stage, rule.MinDense, rule.MinMoe);
    }

    private void Set(int stage, int dense, int moe)
    {
        contents[stage] = new StageContent(dense, moe, rules[stage].Mtp, levels is null ? 0 : StageContent.LeastOfLevels);
        items[stage] = rank.Cost(stage, contents[stage]);
    }

    private bool Allowed() => limits.Allow(items, durations, least: true, out kib);
}
