using System.Collections;
using System.Collections.Immutable;

namespace Planner.Search;

/// <summary>
/// Layouts by bound, lowest first; equal bounds by what is simpler. A search seldom looks beyond the lowest bounds, so only these are sorted at
/// once, the others when one of them is asked for.
/// </summary>
internal sealed class LayoutOrder(ScoredLayouts layouts) : IReadOnlyList<ScoredLayout>
{
    // Bounds up to these multiples of the least are sorted together.
    private static readonly ImmutableArray<double> Shares = [1.04, 1.12, 1.25, 1.4, 1.6, 2, double.PositiveInfinity];

    private readonly List<ScoredLayout> sorted = [];
    private double reached = double.NegativeInfinity;
    private int next;

    public int Count => layouts.Count;

    public ScoredLayout this[int index]
    {
        get
        {
            while (index >= sorted.Count && next < Shares.Length) Extend();
            return sorted[index];
        }
    }

    public IEnumerator<ScoredLayout> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Extend()
    {
        var share = Shares[next++];
        var upTo = double.IsFinite(share) ? share * layouts.Least : share;
        var from = sorted.Count;
        layouts.Within(reached, upTo, sorted);
        sorted.Sort(from, sorted.Count - from, null);
        reached = upTo;
    }
}
