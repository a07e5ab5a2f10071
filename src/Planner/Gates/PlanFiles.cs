using System.Collections.Immutable;

namespace Planner.Gates;

/// <summary>The plan files that arguments name: paths as they are, patterns by what they match, each file once. A budget file among them is no plan.</summary>
internal static class PlanFiles
{
    /// <summary>The files, and the patterns that match none.</summary>
    /// <param name="arguments">As given.</param>
    /// <param name="budget">The budget file; null where none is named.</param>
    public static (ImmutableArray<string> Files, ImmutableArray<string> Unmatched) Expand(IReadOnlyList<string> arguments, string? budget)
    {
        var files = new List<string>();
        var unmatched = ImmutableArray.CreateBuilder<string>();
        foreach (var argument in arguments)
        {
            if (!PathPattern.IsPattern(argument) || File.Exists(argument))
            {
                files.Add(argument);
                continue;
            }

            var found = Matching(argument).Where(IsPlan).Order(StringComparer.Ordinal).ToList();
            if (found.Count == 0) unmatched.Add(argument);
            files.AddRange(found);
        }

        return ([.. files.Where(IsPlan).DistinctBy(Path.GetFullPath)], unmatched.ToImmutable());

        // A shell hands over the budget file with plans/*.json.
        bool IsPlan(string file) =>
            Path.GetFileName(file) != Budget.UsualName && (budget is null || Path.GetFullPath(file) != Path.GetFullPath(budget));
    }

    private static IEnumerable<string> Matching(string pattern)
    {
        string[] parts = [.. pattern.Split('/').Where((part, index) => index == 0 || part.Length > 0)];
        var from = pattern.StartsWith('/') ? "/" : "";
        return Walk(from, parts.AsMemory(from.Length));
    }

    private static IEnumerable<string> Walk(string folder, ReadOnlyMemory<string> parts)
    {
        var (part, rest) = (parts.Span[0], parts[1..]);
        if (part == PathPattern.AnyFolders)
        {
            var below = rest.IsEmpty ? (string[])["*"] : rest;
            return Walk(folder, below).Concat(Folders(folder).SelectMany(inner => Walk(inner, parts)));
        }

        if (rest.IsEmpty) return Names(folder, Directory.EnumerateFiles, part);
        if (!PathPattern.IsPattern(part)) return Directory.Exists(Path.Join(folder, part)) ? Walk(Path.Join(folder, part), rest) : [];
        return Names(folder, Directory.EnumerateDirectories, part).SelectMany(inner => Walk(inner, rest));
    }

    // Links to folders are not followed: they may lead round in a circle.
    private static IEnumerable<string> Folders(string folder) =>
        Names(folder, Directory.EnumerateDirectories, "*").Where(inner => new DirectoryInfo(inner).LinkTarget is null);

    private static IEnumerable<string> Names(string folder, Func<string, IEnumerable<string>> list, string pattern)
    {
        try
        {
            return [.. list(folder.Length == 0 ? "." : folder).Select(path => Path.GetFileName(path)).Where(name => PathPattern.MatchesName(pattern, name)).Select(name => Path.Join(folder, name))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
