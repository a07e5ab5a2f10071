using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Enumerates what one rank may hold. Costs never fall when a layer is added, so the first content that breaks a limit ends its loop.
/// </summary>
internal sealed class RankFiller
{
    private readonly PlacementProblem problem;
    private readonly RankCosts rank;
    private readonly int[][] coefficients;
    private readonly long[] budgets;
    private readonly long memoryLimit;
    private readonly PlacementOptions target;
    private readonly StageContent[] contents;
    private readonly ItemCost[] items;
    private readonly long[] durations;
    private StageRule[] rules = [];
    private int lastBroken;
    private long kib;

    public RankFiller(
        PlacementProblem problem, RankCosts rank, IReadOnlyList<PathCut> cuts, long[] budgets, long memoryLimit, PlacementOptions target)
    {
        this.problem = problem;
        this.rank = rank;
        this.budgets = budgets;
        this.memoryLimit = memoryLimit;
        this.target = target;
        coefficients = new int[cuts.Count][];
        for (var cut = 0; cut < coefficients.Length; cut++)
        {
            coefficients[cut] = new int[rank.Durations.Length];
            for (var i = 0; i < rank.Durations.Length; i++) coefficients[cut][i] = cuts[cut].Coefficients[rank.Durations[i]];
        }

        contents = new StageContent[rank.Stages.Length];
        items = new ItemCost[rank.Stages.Length];
        durations = new long[rank.Durations.Length];
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
            target.Add(rank.Rank, contents, durations, kib);
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
        contents[stage] = new StageContent(dense, moe, rules[stage].Mtp);
        items[stage] = rank.Cost(stage, contents[stage]);
    }

    private bool Allowed()
    {
        kib = rank.Memory(items);
        if (kib > memoryLimit) return false;
        rank.Fill(items, durations);
        if (coefficients.Length == 0) return true;

        // The cut that ruled out the last content most often rules out the next.
        if (Breaks(lastBroken)) return false;
        for (var cut = 0; cut < coefficients.Length; cut++)
        {
            if (!Breaks(cut)) continue;
            lastBroken = cut;
            return false;
        }

        return true;
    }

    private bool Breaks(int cut)
    {
        var own = coefficients[cut];
        long weight = 0;
        for (var i = 0; i < own.Length; i++) weight += own[i] * durations[i];
        return weight >= budgets[cut];
    }
}
