namespace Planner.Inputs;

/// <summary>Names close to a mistyped one.</summary>
internal static class NearestNames
{
    private const int Most = 3;

    /// <summary>Up to three names, nearest first; none where all are far.</summary>
    public static string[] Of(string given, IEnumerable<string> names)
    {
        string wanted = given.ToLowerInvariant();
        return names
            .Select(name => (Name: name, Distance: Rank(wanted, name.ToLowerInvariant())))
            .Where(near => near.Distance <= Math.Max(2, wanted.Length / 3))
            .OrderBy(near => near.Distance)
            .ThenBy(near => near.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(near => near.Name)
            .ToArray();
    }

    /// <summary>" Did you mean a or b?", or nothing.</summary>
    public static string Hint(string given, IEnumerable<string> names)
    {
        string[] near = Of(given, names);
        return near.Length == 0 ? "" : $" Did you mean {string.Join(" or ", near)}?";
    }

    private static int Rank(string wanted, string name) =>
        wanted.Length >= 2 && name.Contains(wanted, StringComparison.Ordinal) ? 1 : Distance(wanted, name);

    /// <summary>Levenshtein: least number of letters inserted, dropped or replaced.</summary>
    internal static int Distance(string left, string right)
    {
        var above = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            above[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[right.Length];
    }
}
