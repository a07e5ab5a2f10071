using System.Collections.Immutable;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>Software stacks by name or by path of a file of the same form.</summary>
public sealed class StackCatalog
{
    private readonly Catalog catalog;

    /// <summary>The stacks under a data folder; the shipped one by default.</summary>
    public StackCatalog(string? dataFolder = null) => catalog = new Catalog(dataFolder ?? Catalog.ShippedData, "stacks", "stack");

    public ImmutableArray<string> Names => catalog.Names;

    /// <summary>Reads one stack and the kernel tables it names; throws <see cref="InputException"/>.</summary>
    public LoadedStack Load(string nameOrPath)
    {
        CatalogEntry entry = catalog.Open(nameOrPath, _ => null, () => []);
        string? ownFolder = entry.Text.Name.StartsWith("stacks/", StringComparison.Ordinal) ? null : Path.GetDirectoryName(entry.Text.Name);
        return StackReader.Read(entry.Name, JsonFile.Parse(entry.Text), new KernelTables(ownFolder, catalog.Data));
    }
}
