using System.Collections.Immutable;
using Planner.Inputs;

namespace Planner.Validation;

/// <summary>Where a name of a table is looked for: a folder of the user, the catalog, a further folder.</summary>
internal sealed class NamedFiles
{
    private readonly string noun;
    private readonly Dictionary<string, string> own;
    private readonly Dictionary<string, string> further;
    private readonly ImmutableArray<string> catalog;

    public NamedFiles(string noun, string? ownFolder, ImmutableArray<string> catalog, string? furtherFolder)
    {
        this.noun = noun;
        this.catalog = catalog;
        own = FilesOf(ownFolder);
        further = FilesOf(furtherFolder);
        Names = [.. own.Keys.Concat(catalog).Concat(further.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every name, in order.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Loads a name; the catalog's loader also knows other names and paths.</summary>
    public T Load<T>(string name, Func<string, T> load)
    {
        if (own.TryGetValue(name, out var file)) return Read(file, load);
        if (!catalog.Contains(name, StringComparer.OrdinalIgnoreCase) && further.TryGetValue(name, out file)) return Read(file, load);
        try
        {
            return load(name);
        }
        catch (InputException unknown) when (unknown.Message.StartsWith($"unknown {noun} ", StringComparison.Ordinal))
        {
            throw new InputException($"unknown {noun} {OneLine.Quote(name)}.{NearestNames.Hint(name, Names)}".TrimEnd('.'));
        }
    }

    // Reasons name a file without its folder, so that a report is the same wherever the files lie.
    private static T Read<T>(string file, Func<string, T> load)
    {
        try
        {
            return load(file);
        }
        catch (InputException unusable) when (unusable.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new InputException(Path.GetFileName(file) + unusable.Message[file.Length..]);
        }
    }

    private static Dictionary<string, string> FilesOf(string? folder)
    {
        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (folder is null) return files;
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
                files.TryAdd(Path.GetFileNameWithoutExtension(file), Path.Join(folder, Path.GetFileName(file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the folder {folder} cannot be read: {error.Message}");
        }

        return files;
    }
}
