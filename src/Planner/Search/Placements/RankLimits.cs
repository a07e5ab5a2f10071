using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>What the contents of one rank must keep to: its memory, and for every cut the ticks that the other ranks leave it at most.</summary>
internal sealed class RankLimits
{
    private readonly RankCosts rank;
    private readonly long memoryLimit;

    // Cuts that pass the rank alike share a row of coefficients, one for each of its durations, and the smallest of their budgets.
    private readonly int[] rowOfCut;
    private readonly List<int[]> rows = [];
    private readonly long[] budgets;

    // Those of the coefficients that are not zero, and of which duration each is: of row i from starts[i] up to starts[i + 1].
    private readonly (int Duration, int Times)[] passes;
    private readonly int[] starts;
    private int lastBroken;

    /// <param name="rank">The rank.</param>
    /// <param name="cuts">Cuts.</param>
    /// <param name="memoryLimit">KiB.</param>
    public RankLimits(RankCosts rank, IReadOnlyList<PathCut> cuts, long memoryLimit)
    {
        this.rank = rank;
        this.memoryLimit = memoryLimit;
        rowOfCut = new int[cuts.Count];
        var row = new int[rank.Durations.Length];
        for (var cut = 0; cut < rowOfCut.Length; cut++)
        {
            var coefficients = cuts[cut].Coefficients;
            for (var i = 0; i < row.Length; i++) row[i] = coefficients[rank.Durations[i]];
            rowOfCut[cut] = rows.FindIndex(known => known.AsSpan().SequenceEqual(row));
            if (rowOfCut[cut] >= 0) continue;
            rowOfCut[cut] = rows.Count;
            rows.Add([.. row]);
        }

        budgets = new long[rows.Count];
        starts = new int[rows.Count + 1];
        for (var i = 0; i < rows.Count; i++) starts[i + 1] = starts[i] + row.Length - rows[i].AsSpan().Count(0);
        passes = new (int, int)[starts[^1]];
        var pass = 0;
        foreach (var own in rows)
            for (var i = 0; i < own.Length; i++)
                if (own[i] != 0) passes[pass++] = (i, own[i]);
    }

    /// <summary>No cut says how long the rank's work may take.</summary>
    public bool MemoryOnly => rows.Count == 0;

    /// <summary>Different ways in which cuts pass the rank.</summary>
    public int Rows => rows.Count;

    /// <summary>Which of them a cut takes.</summary>
    public int RowOf(int cut) => rowOfCut[cut];

    /// <summary>Ticks by cut that the rank must stay below.</summary>
    public void Set(ReadOnlySpan<long> ticks)
    {
        Array.Fill(budgets, long.MaxValue);
        for (var cut = 0; cut < rowOfCut.Length; cut++) budgets[rowOfCut[cut]] = Math.Min(budgets[rowOfCut[cut]], ticks[cut]);
    }

    /// <summary>
    /// Whether stages that cost this much (or at least, for stages that may get more layers) keep to the limits; fills the rank's durations where they
    /// fit its memory.
    /// </summary>
    public bool Allow(ReadOnlySpan<ItemCost> stages, long[] durations, bool least, out long kib)
    {
        kib = rank.Memory(stages);
        if (kib > memoryLimit) return false;
        rank.Fill(stages, durations, least);
        return MemoryOnly || Keeps(durations);
    }

    /// <summary>Whether durations of the rank stay below every budget.</summary>
    public bool Keeps(ReadOnlySpan<long> durations)
    {
        // The row that ruled out the last content most often rules out the next.
        if (Weight(lastBroken, durations) >= budgets[lastBroken]) return false;
        for (var row = 0; row < budgets.Length; row++)
        {
            if (Weight(row, durations) < budgets[row]) continue;
            lastBroken = row;
            return false;
        }

        return true;
    }

    /// <summary>What the rank adds to cuts that pass it in one way.</summary>
    public long Weight(int row, ReadOnlySpan<long> durations)
    {
        long weight = 0;
        foreach (var (duration, times) in passes.AsSpan(starts[row]..starts[row + 1])) weight += times * durations[duration];
        return weight;
    }
}
