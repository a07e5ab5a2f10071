namespace Planner.Gates;

/// <summary>A path in which * stands for any letters of a name, ? for one, and ** for any folders. Without a slash it is about the file's name alone.</summary>
internal sealed class PathPattern(string text)
{
    public const string AnyFolders = "**";

    private readonly string[] parts = [.. Split(text).Where(part => part != ".")];

    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    public bool Matches(string path)
    {
        var names = Split(path);
        return parts.Length == 1 && parts[0] != AnyFolders ? MatchesName(parts[0], names[^1]) : Matches(parts, names);
    }

    /// <summary>Whether a name is one that a pattern without slashes means; like a shell, * does not stand for a leading dot.</summary>
    public static bool MatchesName(string pattern, string name)
    {
        if (name.StartsWith('.') && !pattern.StartsWith('.')) return false;
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark, p) = (p, n, p + 1);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n])) (p, n) = (p + 1, n + 1);
            else if (star >= 0) (p, mark, n) = (star + 1, mark + 1, mark + 1);
            else return false;
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> names)
    {
        if (pattern.IsEmpty) return names.IsEmpty;
        if (pattern[0] == AnyFolders)
        {
            for (var skipped = 0; skipped <= names.Length; skipped++)
                if (Matches(pattern[1..], names[skipped..])) return true;
            return false;
        }

        return !names.IsEmpty && MatchesName(pattern[0], names[0]) && Matches(pattern[1..], names[1..]);
    }

    private static string[] Split(string path) => path.Split('/', Path.DirectorySeparatorChar);
}
