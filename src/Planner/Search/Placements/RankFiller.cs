using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Enumerates what one rank may hold. Costs never fall when a layer is added, so the first content that breaks a limit ends its loop. First
/// contents are drafted by the least that they may cost; those that are then added are judged by what they do cost. Where stages have a choice of
/// recompute policy, the least are the least costs of all policies, and each content is added with every combination of policies that is not
/// longer in every operation than another that fits.
/// </summary>
internal sealed class RankFiller : IDisposable
{
    private readonly PlacementProblem problem;
    private readonly RankCosts rank;
    private readonly RankLimits limits;
    private readonly PlacementOptions target;
    private readonly StageContent[] contents;
    private readonly ItemCost[] items;
    private readonly long[] durations;
    private readonly LevelFiller? levels;

    // Contents that may be added and the least that each costs, one draft after the other; those dropped since then are no longer kept.
    private readonly RentedList<StageContent> drafts = new();
    private readonly RentedList<long> leastDurations = new();
    private readonly RentedList<bool> kept = new();
    private readonly RentedList<(int All, int Moe)> layers = new();
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

    /// <summary>Most layers of any draft.</summary>
    public int MostLayers { get; private set; }

    /// <summary>Most layers behind the dense ones of any draft.</summary>
    public int MostMoe { get; private set; }

    /// <summary>Nothing has been drafted.</summary>
    public bool Empty => kept.Count == 0;

    /// <summary>Drafts every content the rules allow; the rules are aligned with the rank's stages. Returns where the drafts lie.</summary>
    public (int First, int End) Draft(StageRule[] stageRules)
    {
        rules = stageRules;
        var first = kept.Count;
        for (var i = 0; i < contents.Length; i++) Set(i, rules[i].MinDense, rules[i].MinMoe);
        if (Allowed(least: true)) Fill(0, 0, 0);
        return (first, kept.Count);
    }

    /// <summary>Drops drafts that hold too few layers or no longer keep to the limits; false where none is left.</summary>
    /// <param name="leastLayers">Layers that the other ranks cannot hold.</param>
    /// <param name="leastMoe">Likewise those behind the dense ones.</param>
    /// <param name="least">Receives the least that any draft adds, by the row of the limits.</param>
    public bool Narrow(long leastLayers, long leastMoe, long[] least)
    {
        (MostLayers, MostMoe) = (0, 0);
        Array.Fill(least, long.MaxValue);
        var any = false;
        for (var draft = 0; draft < kept.Count; draft++)
        {
            if (!kept[draft]) continue;
            var (all, moe) = layers[draft];
            var cost = leastDurations.Slice(draft * durations.Length, durations.Length);
            kept[draft] = all >= leastLayers && moe >= leastMoe && (limits.MemoryOnly || limits.Keeps(cost));
            if (!kept[draft]) continue;
            any = true;
            MostLayers = Math.Max(MostLayers, all);
            MostMoe = Math.Max(MostMoe, moe);
            limits.Lower(cost, least);
        }

        return any;
    }

    /// <summary>Drops drafts that do not keep to the limits by what they do cost, most layers first, up to the first that does.</summary>
    /// <param name="leastLayers">It must hold so many layers.</param>
    /// <returns>False where none does.</returns>
    public bool SettleMost(int leastLayers)
    {
        for (; MostLayers >= leastLayers; MostLayers--)
        {
            for (var draft = 0; draft < kept.Count; draft++)
            {
                if (layers[draft].All != MostLayers || !kept[draft]) continue;
                if (Allows(draft)) return true;
                kept[draft] = false;
            }
        }

        return false;
    }

    /// <summary>Adds those drafts that are left and keep to the limits to the target.</summary>
    public void Add((int First, int End) range)
    {
        for (var draft = range.First; draft < range.End; draft++)
        {
            if (!kept[draft]) continue;
            Take(draft);
            if (problem.KnowsFirstLayers) AddByFirst();
            else if (levels is not null) levels.Add(contents);
            else if (Allowed(least: false)) target.Add(rank.Rank, contents, durations, kib);
        }
    }

    // The one stage of the rank with every layer that may be its first.
    private void AddByFirst()
    {
        var (front, all) = (problem.DenseLayers, problem.DenseLayers + problem.MoeLayers);
        var held = contents[0];
        for (var first = 0; first + held.Layers <= all; first++)
        {
            // Of its layers those in front are as many as lie there.
            if (Math.Max(0, Math.Min(front, first + held.Layers) - first) != held.Dense) continue;
            if (levels is not null)
            {
                levels.Add(contents, first);
                continue;
            }

            items[0] = rank.Cost(0, held, first);
            if (Allowed(least: false)) target.Add(rank.Rank, contents, durations, kib, first);
        }
    }

    public void Dispose()
    {
        drafts.Dispose();
        leastDurations.Dispose();
        kept.Dispose();
        layers.Dispose();
    }

    private bool Allows(int draft)
    {
        Take(draft);
        return levels?.Allows(contents) ?? Allowed(least: false);
    }

    private void Take(int draft)
    {
        drafts.Slice(draft * contents.Length, contents.Length).CopyTo(contents);
        if (levels is not null) return;
        for (var i = 0; i < items.Length; i++) items[i] = rank.Cost(i, contents[i]);
    }

    // Stages behind the one being filled hold their least meanwhile.
    private void Fill(int stage, int dense, int moe)
    {
        if (stage == contents.Length)
        {
            drafts.AddRange(contents);
            leastDurations.AddRange(durations);
            kept.Add(true);
            layers.Add((dense + moe, moe));
            MostLayers = Math.Max(MostLayers, dense + moe);
            MostMoe = Math.Max(MostMoe, moe);
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
                // The first content of a stage is its least, which was judged with the stages before it.
                if (d > rule.MinDense || m > rule.MinMoe)
                {
                    Set(stage, d, m);
                    if (!Allowed(least: true)) break;
                }

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

    private bool Allowed(bool least) => limits.Allow(items, durations, least, out kib);
}
