using System.Collections;

namespace Planner.Search;

/// <summary>
/// Layouts by bound, lowest first; equal bounds by what is simpler. A search seldom looks beyond the lowest bounds, so only these are sorted at
/// once, the others when one of them is asked for.
/// </summary>
internal sealed class LayoutOrder : IReadOnlyList<ScoredLayout>
{
    private const double FrontShare = 1.3;
    private readonly ScoredLayout[] layouts;
    private int sorted;

    public LayoutOrder(IReadOnlyCollection<ScoredLayout> unordered)
    {
        layouts = [.. unordered];
        var least = double.MaxValue;
        foreach (var layout in layouts) least = Math.Min(least, layout.Bound);
        for (var i = 0; i < layouts.Length; i++)
        {
            if (layouts[i].Bound > FrontShare * least) continue;
            (layouts[sorted], layouts[i]) = (layouts[i], layouts[sorted]);
            sorted++;
        }

        Array.Sort(layouts, 0, sorted);
    }

    public int Count => layouts.Length;

    public ScoredLayout this[int index]
    {
        get
        {
            if (index >= sorted)
            {
                Array.Sort(layouts, sorted, layouts.Length - sorted);
                sorted = layouts.Length;
            }

            return layouts[index];
        }
    }

    public IEnumerator<ScoredLayout> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
