namespace Planner.Search;

/// <summary>All ways to cut the dense layers in front over the first stages: dense layers a stage, and the last stage that has one.</summary>
internal static class DensePrefixes
{
    /// <summary>Empty where there are more than <paramref name="most"/> ways.</summary>
    public static List<(int[] Layers, int Last)> Of(int dense, int stages, int most)
    {
        var found = new List<(int[], int)>();
        if (dense == 0) found.Add(([], -1));
        else Extend(new int[Math.Min(stages, dense + 1)], 0, dense, most, found);
        if (found.Count > most) found.Clear();
        return found;
    }

    private static void Extend(int[] layers, int stage, int left, int most, List<(int[] Layers, int Last)> found)
    {
        if (found.Count > most) return;
        if (left == 0)
        {
            found.Add(([.. layers.AsSpan(0, stage)], stage - 1));
            return;
        }

        if (stage == layers.Length) return;
        for (var here = stage == 0 ? 0 : 1; here <= left; here++)
        {
            layers[stage] = here;
            Extend(layers, stage + 1, left - here, most, found);
        }
    }
}
