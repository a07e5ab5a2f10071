using System.Buffers;
using System.Runtime.CompilerServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>How often each cut passes each duration of one rank, in the order of <see cref="RankCosts.Durations"/>.</summary>
internal sealed class RankCoefficients(RankCosts rank, int mostCuts) : IDisposable
{
    private readonly int[] rows = ArrayPool<int>.Shared.Rent(mostCuts * rank.Durations.Length);
    private int cuts;

    public void Dispose() => ArrayPool<int>.Shared.Return(rows);

    public void Add(PathCut cut)
    {
        var indices = rank.Durations;
        var row = rows.AsSpan(cuts++ * indices.Length, indices.Length);
        var coefficients = cut.Coefficients.AsSpan();
        for (var i = 0; i < row.Length; i++) row[i] = coefficients[indices[i]];
    }

    /// <summary>What the rank adds to a cut with these durations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Weight(int cut, ReadOnlySpan<long> durations)
    {
        var row = rows.AsSpan(cut * durations.Length, durations.Length);
        long weight = 0;
        for (var i = 0; i < row.Length; i++) weight += row[i] * durations[i];
        return weight;
    }
}
