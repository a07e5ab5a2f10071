using Planner.Calibration;

namespace Planner.Commands;

/// <summary>The stack that a calibration starts from, and how a file names it.</summary>
/// <param name="Given">Name or path as it was given.</param>
/// <param name="File">Its file where it is one of the user's; null for the catalog's.</param>
internal sealed record StackOrigin(string Given, string? File)
{
    private const string Extension = ".json";

    /// <summary>Where the rows' stack is from: the option, their stack cell, or the name that their software led to.</summary>
    public static StackOrigin Of(string? named, CalibrationRows rows, string? folder)
    {
        var cell = rows.Runs[0].Run.Stack;
        if ((named ?? (cell.Length > 0 ? cell : null)) is { } given) return new StackOrigin(given, InFolder(given, folder) ?? (LooksLikePath(given) ? given : null));

        // A file may print with its extension.
        var name = rows.Stack!.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? rows.Stack[..^Extension.Length] : rows.Stack;
        return new StackOrigin(name, InFolder(name, folder));
    }

    /// <summary>What a stack file at a path calls its base.</summary>
    public string BaseFor(string target)
    {
        if (File is null) return Given;
        var (full, based) = (Path.GetFullPath(target), Path.GetFullPath(File));
        return full == based
            ? throw new RefusedException($"--output: '{target}' is the stack to start from; give another file")
            : Path.GetRelativePath(Path.GetDirectoryName(full)!, based);
    }

    private static string? InFolder(string name, string? folder) =>
        folder is not null && !LooksLikePath(name) && Path.Join(folder, name + Extension) is var file && System.IO.File.Exists(file) ? file : null;

    private static bool LooksLikePath(string given) =>
        given.Contains('/', StringComparison.Ordinal)
        || given.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || given.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);
}
