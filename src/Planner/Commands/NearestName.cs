namespace Planner.Commands;

/// <summary>The name somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names within a third of its length in edits; null where none is near.</summary>
    public static string? Of(string given, IEnumerable<string> names)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var name in names)
        {
            var edits = Edits(given, name);
            if (edits >= least || edits > Math.Max(1, name.Length / 3)) continue;
            least = edits;
            best = name;
        }

        return best;
    }

    // Levenshtein's distance, one row at a time.
    private static int Edits(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
