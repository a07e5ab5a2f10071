using Planner.Calibration;

namespace Planner.Commands;

/// <summary>The stack that a calibration starts from, and how a file names it.</summary>
/// <param name="Given">Name or path as it was given.</param>
/// <param name="File">Its file where it is one of the user's; null for the catalog's.</param>
internal sealed record StackOrigin(string Given, string? File)
{
    /// <summary>Where the rows' stack is from: the option, their stack cell, or the name that their software led to.</summary>
    public static StackOrigin Of(string? named, CalibrationRows rows, string? folder)
    {
        var cell = rows.Runs[0].Run.Stack;
        var given = named ?? (cell.Length > 0 ? cell : rows.Stack!);
        var name = given.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(given) : given;
        if (folder is not null && Path.GetFileName(given) == given && Path.Join(folder, name + ".json") is var own && System.IO.File.Exists(own))
            return new StackOrigin(name, own);
        return new StackOrigin(given, given != name && System.IO.File.Exists(given) ? given : null);
    }

    /// <summary>What a stack file at a path calls its base.</summary>
    public string BaseFor(string target) =>
        File is null ? Given : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(target))!, Path.GetFullPath(File));
}
