using System.Collections;

namespace Planner.Search;

/// <summary>Layouts in no order, kept in blocks: neither growing nor joining copies them.</summary>
internal sealed class ScoredLayouts : IReadOnlyCollection<ScoredLayout>
{
    private const int FirstBlock = 256;

    // Small enough to be no large object: those are collected with everything else or not at all.
    private const int LargestBlock = 1 << 11;

    private readonly List<ArraySegment<ScoredLayout>> full = [];
    private ScoredLayout[] open = [];
    private int used;

    /// <summary>Number of layouts.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest bound; double.MaxValue without layouts.</summary>
    public double Least { get; private set; } = double.MaxValue;

    /// <summary>All layouts of several lists, whose blocks are shared.</summary>
    public static ScoredLayouts Joined(IEnumerable<ScoredLayouts> lists)
    {
        var all = new ScoredLayouts();
        foreach (var list in lists) all.Join(list);
        return all;
    }

    public void Add(in ScoredLayout layout)
    {
        if (used == open.Length)
        {
            Close();
            open = new ScoredLayout[Math.Clamp(Count, FirstBlock, LargestBlock)];
        }

        open[used++] = layout;
        Count++;
        Least = Math.Min(Least, layout.Bound);
    }

    /// <summary>Takes over the blocks of another list, to which nothing may be added any more.</summary>
    public void Join(ScoredLayouts other)
    {
        Close();
        full.AddRange(other.full);
        if (other.used > 0) full.Add(new ArraySegment<ScoredLayout>(other.open, 0, other.used));
        Count += other.Count;
        Least = Math.Min(Least, other.Least);
    }

    /// <summary>Adds those whose bound is above one and not above another to a list.</summary>
    public void Within(double above, double upTo, List<ScoredLayout> found)
    {
        foreach (var block in full) Within(block, above, upTo, found);
        Within(open.AsSpan(0, used), above, upTo, found);
    }

    public IEnumerator<ScoredLayout> GetEnumerator()
    {
        foreach (var block in full)
            foreach (var layout in block) yield return layout;
        for (var i = 0; i < used; i++) yield return open[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void Within(ReadOnlySpan<ScoredLayout> block, double above, double upTo, List<ScoredLayout> found)
    {
        foreach (ref readonly var layout in block)
            if (layout.Bound > above && layout.Bound <= upTo) found.Add(layout);
    }

    private void Close()
    {
        if (used > 0) full.Add(new ArraySegment<ScoredLayout>(open, 0, used));
        (open, used) = ([], 0);
    }
}
