using System.Collections.Immutable;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>Software stacks by name or by path of a file of the same form.</summary>
public sealed class StackCatalog
{
    private const int MostBases = 5;

    private readonly Catalog catalog;

    /// <summary>The stacks under a data folder; the shipped one by default.</summary>
    public StackCatalog(string? dataFolder = null) => catalog = new Catalog(dataFolder ?? Catalog.ShippedData, "stacks", "stack");

    public ImmutableArray<string> Names => catalog.Names;

    /// <summary>Reads one stack and the kernel tables it names; throws <see cref="InputException"/>.</summary>
    public LoadedStack Load(string nameOrPath)
    {
        CatalogEntry entry = catalog.Open(nameOrPath, _ => null, () => []);
        string? ownFolder = OwnFolder(entry);
        return StackReader.Read(entry.Name, Based(JsonFile.Parse(entry.Text), ownFolder, MostBases), new KernelTables(ownFolder, catalog.Data));
    }

    private static string? OwnFolder(CatalogEntry entry) =>
        entry.Text.Name.StartsWith("stacks/", StringComparison.Ordinal) ? null : Path.GetDirectoryName(entry.Text.Name);

    // What a stack does not say it takes from its base: a stack of the catalog, or a file beside it.
    private JsonFile Based(JsonFile file, string? folder, int left)
    {
        JsonFields fields = JsonFields.Of(file);
        if (fields.OptionalText("base") is not { } name) return file;
        if (left == 0)
            throw fields.ErrorAt("base", FormattableString.Invariant($"base {OneLine.Quote(name)} is the end of a chain of more than {MostBases} stacks, or of a circle"));
        string beside = Path.Join(folder ?? "", name);
        CatalogEntry below = catalog.Open(folder is not null && File.Exists(beside) ? beside : name, _ => null, () => []);

        // The software that the base stands for is its own.
        return file.Over(Based(JsonFile.Parse(below.Text), OwnFolder(below), left - 1).Root.Without("software"));
    }
}
