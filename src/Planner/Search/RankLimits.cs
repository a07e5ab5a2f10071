using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>What the contents of one rank must keep to: its memory, and for every cut the ticks that the other ranks leave it at most.</summary>
internal sealed class RankLimits
{
    private readonly RankCosts rank;
    private readonly int[][] coefficients;
    private readonly long[] budgets;
    private readonly long memoryLimit;
    private int lastBroken;

    /// <param name="rank">The rank.</param>
    /// <param name="cuts">Cuts.</param>
    /// <param name="budgets">Ticks by cut; the rank must stay below.</param>
    /// <param name="memoryLimit">KiB.</param>
    public RankLimits(RankCosts rank, IReadOnlyList<PathCut> cuts, long[] budgets, long memoryLimit)
    {
        this.rank = rank;
        this.budgets = budgets;
        this.memoryLimit = memoryLimit;
        coefficients = new int[cuts.Count][];
        for (var cut = 0; cut < coefficients.Length; cut++)
        {
            coefficients[cut] = new int[rank.Durations.Length];
            for (var i = 0; i < rank.Durations.Length; i++) coefficients[cut][i] = cuts[cut].Coefficients[rank.Durations[i]];
        }
    }

    /// <summary>No cut says how long the rank's work may take.</summary>
    public bool MemoryOnly => coefficients.Length == 0;

    /// <summary>
    /// Whether stages that cost this much (or at least, for stages that may get more layers) keep to the limits; fills the rank's durations where they
    /// fit its memory.
    /// </summary>
    public bool Allow(ReadOnlySpan<ItemCost> stages, long[] durations, bool least, out long kib)
    {
        kib = rank.Memory(stages);
        if (kib > memoryLimit) return false;
        rank.Fill(stages, durations, least);
        if (MemoryOnly) return true;

        // The cut that ruled out the last content most often rules out the next.
        if (Breaks(lastBroken, durations)) return false;
        for (var cut = 0; cut < coefficients.Length; cut++)
        {
            if (!Breaks(cut, durations)) continue;
            lastBroken = cut;
            return false;
        }

        return true;
    }

    private bool Breaks(int cut, long[] durations)
    {
        var own = coefficients[cut];
        long weight = 0;
        for (var i = 0; i < own.Length; i++) weight += own[i] * durations[i];
        return weight >= budgets[cut];
    }
}
