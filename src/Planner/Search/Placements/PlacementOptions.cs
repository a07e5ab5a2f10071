using System.Runtime.InteropServices;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// All contents each rank may hold, by mode: those that fit the memory and that no cut rules out, the other ranks holding their least.
/// Options are numbered through all ranks; modes that allow the same on a rank share their options.
/// </summary>
internal sealed class PlacementOptions
{
    private const int Narrowings = 2;

    private readonly (int First, int End)[] ranges;
    private readonly int modes;
    private readonly List<StageContent> contents = [];
    private readonly List<int> contentAt = [];
    private readonly List<long> durations = [];
    private readonly List<int> durationAt = [];
    private readonly List<int> dense = [];
    private readonly List<int> moe = [];
    private readonly List<long> memory = [];
    private readonly List<int> ranks = [];
    private readonly List<int> firsts = [];

    private PlacementOptions(int ranks, int modes)
    {
        this.modes = modes;
        ranges = new (int, int)[ranks * modes];
    }

    public int Count => dense.Count;

    /// <summary>Dense layers of each option.</summary>
    public ReadOnlySpan<int> Dense => CollectionsMarshal.AsSpan(dense);

    /// <summary>MoE layers of each option.</summary>
    public ReadOnlySpan<int> Moe => CollectionsMarshal.AsSpan(moe);

    /// <summary>Rank of each option.</summary>
    public ReadOnlySpan<int> Ranks => CollectionsMarshal.AsSpan(ranks);

    /// <summary>First layer of each option where layers differ and that is known; else -1.</summary>
    public ReadOnlySpan<int> FirstLayers => CollectionsMarshal.AsSpan(firsts);

    /// <summary>Peak memory of the rank with each option, KiB.</summary>
    public ReadOnlySpan<long> Memory => CollectionsMarshal.AsSpan(memory);

    public (int First, int End) Range(int rank, int mode) => ranges[(rank * modes) + mode];

    public ReadOnlySpan<long> Durations(int option, RankCosts rank) =>
        CollectionsMarshal.AsSpan(durations).Slice(durationAt[option], rank.Durations.Length);

    public ReadOnlySpan<StageContent> Contents(int option, RankCosts rank) =>
        CollectionsMarshal.AsSpan(contents).Slice(contentAt[option], rank.Stages.Length);

    /// <summary>Enumerates.</summary>
    /// <param name="problem">The placement.</param>
    /// <param name="rules">What stages may hold.</param>
    /// <param name="costs">The ranks.</param>
    /// <param name="cuts">Cuts to exclude by; none excludes nothing.</param>
    /// <param name="upperBound">Options that make a cut this long are left out.</param>
    /// <param name="memoryLimit">Most memory of a rank, KiB.</param>
    public static PlacementOptions Enumerate(
        PlacementProblem problem,
        PlacementRules rules,
        RankCosts[] costs,
        IReadOnlyList<PathCut> cuts,
        long upperBound,
        long memoryLimit)
    {
        var options = new PlacementOptions(costs.Length, rules.Modes);
        var limits = Array.ConvertAll(costs, rank => new RankLimits(rank, cuts, memoryLimit));
        var budgets = new RankBudgets(problem, cuts, limits, upperBound);
        Least(problem, rules, costs, limits, budgets.Least);
        if (!budgets.Pass()) return options;
        var fillers = Array.ConvertAll(costs, rank => new RankFiller(problem, rank, limits[rank.Rank], options));
        Enumerate(problem, rules, costs, budgets, fillers, options);
        foreach (var filler in fillers) filler.Dispose();
        return options;
    }

    private static void Enumerate(
        PlacementProblem problem, PlacementRules rules, RankCosts[] costs, RankBudgets budgets, RankFiller[] fillers, PlacementOptions options)
    {
        // What each mode allows on each rank, judged by the least costs.
        var known = new Dictionary<ulong, int>();
        var drafts = new List<(int First, int End)>();
        var draftOf = new int[options.ranges.Length];
        var pending = new StageRule[rules.Stages];
        foreach (var rank in costs)
        {
            known.Clear();
            for (var mode = 0; mode < rules.Modes; mode++)
            {
                ref var draft = ref draftOf[(rank.Rank * rules.Modes) + mode];
                draft = -1;
                if (!TryRules(rules, rank, mode, pending, out var code)) continue;
                if (!known.TryGetValue(code, out draft))
                {
                    known[code] = draft = drafts.Count;
                    drafts.Add(fillers[rank.Rank].Draft(pending));
                }
            }

            if (fillers[rank.Rank].Empty) return;
        }

        if (!Narrow(problem, fillers, budgets) || !HoldAll(problem, fillers)) return;
        var added = new (int First, int End)[drafts.Count];
        var next = 0;
        foreach (var rank in costs)
        {
            for (var mode = 0; mode < rules.Modes; mode++)
            {
                var at = (rank.Rank * rules.Modes) + mode;
                if (draftOf[at] < 0) continue;
                if (draftOf[at] == next)
                {
                    var first = options.Count;
                    fillers[rank.Rank].Add(drafts[next]);
                    added[next++] = (first, options.Count);
                }

                options.ranges[at] = added[draftOf[at]];
            }
        }
    }

    // A content with so few layers that the other ranks cannot hold the rest is on no placement, and so the others hold more than their rules ask
    // for: less is left to each rank. False where nothing is left.
    private static bool Narrow(PlacementProblem problem, RankFiller[] fillers, RankBudgets budgets)
    {
        for (var round = 0; round < Narrowings; round++)
        {
            var layers = fillers.Sum(filler => (long)filler.MostLayers);
            var moe = fillers.Sum(filler => (long)filler.MostMoe);
            for (var rank = 0; rank < fillers.Length; rank++)
            {
                var (others, othersMoe) = (layers - fillers[rank].MostLayers, moe - fillers[rank].MostMoe);
                if (!fillers[rank].Narrow(problem.DenseLayers + problem.MoeLayers - others, problem.MoeLayers - othersMoe, budgets.Least[rank])) return false;
            }

            if (!budgets.Pass()) return false;
        }

        return true;
    }

    // Where the limit is low, most ranks can hold fewer layers than their drafts say, and together too few: that is seen before all is added.
    private static bool HoldAll(PlacementProblem problem, RankFiller[] fillers)
    {
        var spare = fillers.Sum(filler => filler.MostLayers) - problem.DenseLayers - problem.MoeLayers;
        foreach (var filler in fillers)
        {
            var most = filler.MostLayers;
            if (!filler.SettleMost(Math.Max(0, most - spare))) return false;
            spare -= most - filler.MostLayers;
        }

        return true;
    }

    internal void Add(int rank, ReadOnlySpan<StageContent> stages, ReadOnlySpan<long> times, long kib, int firstLayer = -1)
    {
        contentAt.Add(contents.Count);
        durationAt.Add(durations.Count);
        var (denseSum, moeSum) = (0, 0);
        foreach (var stage in stages)
        {
            contents.Add(stage);
            denseSum += stage.Dense;
            moeSum += stage.Moe;
        }

        durations.AddRange(times);
        dense.Add(denseSum);
        moe.Add(moeSum);
        memory.Add(kib);
        ranks.Add(rank);
        firsts.Add(firstLayer);
    }

    // What each rank adds to cuts with the least that some mode asks for.
    private static void Least(PlacementProblem problem, PlacementRules rules, RankCosts[] costs, RankLimits[] limits, long[][] least)
    {
        var pending = new StageRule[rules.Stages];
        var known = new HashSet<ulong>();
        var durations = new long[problem.Graph.Durations.Length];
        foreach (var rank in costs)
        {
            var items = new ItemCost[rank.Stages.Length];
            var own = least[rank.Rank];
            Array.Fill(own, long.MaxValue);
            known.Clear();
            for (var mode = 0; mode < rules.Modes; mode++)
            {
                if (!TryRules(rules, rank, mode, pending, out var code) || !known.Add(code)) continue;
                for (var i = 0; i < items.Length; i++)
                    items[i] = rank.Cost(i, new StageContent(pending[i].MinDense, pending[i].MinMoe, pending[i].Mtp, StageContent.LeastOfLevels));
                rank.Fill(items, durations, least: true);
                limits[rank.Rank].Lower(durations, own);
            }
        }
    }

    private static bool TryRules(PlacementRules rules, RankCosts rank, int mode, StageRule[] pending, out ulong code)
    {
        code = 0;
        if (rank.Stages.Length > 12) throw new ArgumentException($"{rank.Stages.Length} stages a rank: at most 12 are searched");
        for (var i = 0; i < rank.Stages.Length; i++)
        {
            if (!rules.TryRule(rank.Stages[i], mode, out pending[i])) return false;
            code = (code << 5) | (uint)pending[i].Code;
        }

        return true;
    }
}
