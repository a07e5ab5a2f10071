namespace Planner.Search.Experts;

/// <summary>Heaviest item first, each into the lightest bin that has a slot free.</summary>
internal static class LongestProcessingTime
{
    /// <summary>The bin of every item.</summary>
    /// <param name="weights">Items, in any order: bins x slots of them.</param>
    /// <param name="bins">Bins.</param>
    /// <param name="slots">Items a bin.</param>
    public static int[] Place(ReadOnlySpan<double> weights, int bins, int slots)
    {
        var order = HeaviestFirst(weights);
        var binOf = new int[weights.Length];
        var load = new double[bins];
        var held = new int[bins];
        foreach (var item in order)
        {
            var lightest = -1;
            for (var bin = 0; bin < bins; bin++)
                if (held[bin] < slots && (lightest < 0 || load[bin] < load[lightest])) lightest = bin;
            binOf[item] = lightest;
            load[lightest] += weights[item];
            held[lightest]++;
        }

        return binOf;
    }

    /// <summary>Items by weight, equal ones in their order.</summary>
    public static int[] HeaviestFirst(ReadOnlySpan<double> weights)
    {
        var order = new int[weights.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var copy = weights.ToArray();
        Array.Sort(order, (a, b) => copy[a] != copy[b] ? copy[b].CompareTo(copy[a]) : a.CompareTo(b));
        return order;
    }
}
