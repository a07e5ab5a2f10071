using System.Numerics;
using System.Runtime.CompilerServices;
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

    // Rows side by side in the lanes of vectors, one duration after the other, and empty rows to whole vectors. Ticks below 2^53 (28 years) add up as
    // exactly as integers do.
    private readonly double[] coefficients;
    private readonly double[] budgets;
    private readonly double[] weights;
    private readonly double[] ticks;

    // Where the rows lie that ruled out the last content: most often they rule out the next.
    private int lastBroken;

    /// <param name="rank">The rank.</param>
    /// <param name="cuts">Cuts.</param>
    /// <param name="memoryLimit">KiB.</param>
    public RankLimits(RankCosts rank, IReadOnlyList<PathCut> cuts, long memoryLimit)
    {
        this.rank = rank;
        this.memoryLimit = memoryLimit;
        rowOfCut = new int[cuts.Count];
        var rows = new List<int[]>();
        var row = new int[rank.Durations.Length];
        for (var cut = 0; cut < rowOfCut.Length; cut++)
        {
            var passes = cuts[cut].Coefficients;
            for (var i = 0; i < row.Length; i++) row[i] = passes[rank.Durations[i]];
            rowOfCut[cut] = rows.FindIndex(known => known.AsSpan().SequenceEqual(row));
            if (rowOfCut[cut] >= 0) continue;
            rowOfCut[cut] = rows.Count;
            rows.Add([.. row]);
        }

        Rows = rows.Count;
        var width = Vector<double>.Count;
        budgets = new double[(Rows + width - 1) / width * width];
        weights = new double[budgets.Length];
        ticks = new double[row.Length];
        coefficients = new double[row.Length * budgets.Length];
        for (var i = 0; i < Rows; i++)
            for (var k = 0; k < row.Length; k++) coefficients[(k * budgets.Length) + i] = rows[i][k];
    }

    /// <summary>No cut says how long the rank's work may take.</summary>
    public bool MemoryOnly => Rows == 0;

    /// <summary>Different ways in which cuts pass the rank.</summary>
    public int Rows { get; }

    /// <summary>Which of them a cut takes.</summary>
    public int RowOf(int cut) => rowOfCut[cut];

    /// <summary>Ticks by cut that the rank must stay below.</summary>
    public void Set(ReadOnlySpan<long> most)
    {
        Array.Fill(budgets, double.MaxValue);
        for (var cut = 0; cut < rowOfCut.Length; cut++) budgets[rowOfCut[cut]] = Math.Min(budgets[rowOfCut[cut]], most[cut]);
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Keeps(ReadOnlySpan<long> durations)
    {
        Take(durations);
        if (Breaks(lastBroken)) return false;
        for (var first = 0; first < budgets.Length; first += Vector<double>.Count)
        {
            if (first == lastBroken || !Breaks(first)) continue;
            lastBroken = first;
            return false;
        }

        return true;
    }

    /// <summary>Lowers what the rank adds to cuts at least, by row, to what it does with these durations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Lower(ReadOnlySpan<long> durations, long[] least)
    {
        Take(durations);
        for (var first = 0; first < weights.Length; first += Vector<double>.Count) Weights(first).CopyTo(weights, first);
        for (var row = 0; row < least.Length; row++) least[row] = Math.Min(least[row], (long)weights[row]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(ReadOnlySpan<long> durations)
    {
        var i = 0;
        for (; i <= ticks.Length - Vector<double>.Count; i += Vector<double>.Count) Vector.ConvertToDouble(new Vector<long>(durations[i..])).CopyTo(ticks, i);
        for (; i < ticks.Length; i++) ticks[i] = durations[i];
    }

    // What the rank adds to cuts that take the rows from the first on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<double> Weights(int first)
    {
        var sum = Vector<double>.Zero;
        for (var (i, at) = (0, first); i < ticks.Length; i++, at += budgets.Length)
            sum = Vector.MultiplyAddEstimate(new Vector<double>(coefficients, at), new Vector<double>(ticks[i]), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Breaks(int first) => Vector.GreaterThanOrEqualAny(Weights(first), new Vector<double>(budgets, first));
}
