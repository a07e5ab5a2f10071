using System.Collections.Immutable;

namespace Planner.Inputs;

/// <summary>A folder of JSON files that are known by name.</summary>
/// <param name="data">The data folder.</param>
/// <param name="folder">Its subfolder.</param>
/// <param name="noun">What one entry is called in messages.</param>
internal sealed class Catalog(string data, string folder, string noun)
{
    /// <summary>The data folder that ships beside the program.</summary>
    public static string ShippedData { get; } = Path.Join(AppContext.BaseDirectory, "data");

    public string Data => data;

    /// <summary>Names without extension, in order.</summary>
    public ImmutableArray<string> Names { get; } = ListNames(Path.Join(data, folder));

    /// <summary>Reads a catalog entry by name, or a file by path. A name of the catalog wins over a file called the same without extension.</summary>
    /// <param name="given">What the user wrote.</param>
    /// <param name="findAlias">The name behind another name; null where there is none.</param>
    /// <param name="aliases">All other names, asked for only to suggest some.</param>
    public CatalogEntry Open(string given, Func<string, string?> findAlias, Func<IEnumerable<string>> aliases)
    {
        if (string.IsNullOrWhiteSpace(given))
            throw new InputException($"no {noun} is given; known: {OneLine.List(Names)}; or a path to a file");
        if (LooksLikePath(given))
            return new CatalogEntry(Path.GetFileName(given), InputText.Read(given));
        string? name = Named(given) ?? findAlias(given);
        if (name is not null)
            return new CatalogEntry(name, Read(name));
        if (File.Exists(given))
            return new CatalogEntry(given, InputText.Read(given));
        throw new InputException(
            $"unknown {noun} {OneLine.Quote(given)}.{NearestNames.Hint(given, Names.Concat(aliases()))} Known: {OneLine.List(Names)}; or a path to a file");
    }

    public InputText Read(string name) =>
        InputText.Read(Path.Join(data, folder, name + ".json")) with { Name = $"{folder}/{name}.json" };

    private string? Named(string given) => Names.FirstOrDefault(name => string.Equals(name, given, StringComparison.OrdinalIgnoreCase));

    private static bool LooksLikePath(string given) =>
        given.Contains('/', StringComparison.Ordinal)
        || given.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || given.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<string> ListNames(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
        : throw new InputException($"the data folder {path} is missing; it ships beside the program, install again");
}

/// <summary>An opened input: the name to print (catalog name, or file name without its folder) and its text.</summary>
internal sealed record CatalogEntry(string Name, InputText Text);
