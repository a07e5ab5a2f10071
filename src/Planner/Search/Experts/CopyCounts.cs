namespace Planner.Search.Experts;

/// <summary>How many copies each expert gets when some slots are left over: the next copy goes where a copy carries most.</summary>
internal static class CopyCounts
{
    /// <summary>Copies of every expert, 1 at least. The heaviest copy is as light as any choice can make it (up to <paramref name="most"/> copies).</summary>
    /// <param name="loads">Load of each expert, split evenly over its copies.</param>
    /// <param name="extra">Slots beyond one an expert.</param>
    /// <param name="most">Copies of one expert at most: one a rank, as long as that leaves no slot empty.</param>
    public static int[] Of(ReadOnlySpan<double> loads, int extra, int most)
    {
        var copies = new int[loads.Length];
        Array.Fill(copies, 1);
        most = Math.Max(most, (loads.Length + extra + loads.Length - 1) / loads.Length);
        for (; extra > 0; extra--)
        {
            var heaviest = -1;
            for (var expert = 0; expert < copies.Length; expert++)
            {
                if (copies[expert] >= most) continue;
                if (heaviest < 0 || loads[expert] / copies[expert] > loads[heaviest] / copies[heaviest]) heaviest = expert;
            }

            copies[heaviest]++;
        }

        return copies;
    }
}
