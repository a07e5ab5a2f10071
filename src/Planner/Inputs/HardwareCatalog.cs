using System.Collections.Immutable;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>Machines by name or by path of a file of the same form.</summary>
public sealed class HardwareCatalog
{
    private readonly Catalog catalog;

    /// <summary>The machines under a data folder; the shipped one by default.</summary>
    public HardwareCatalog(string? dataFolder = null) => catalog = new Catalog(dataFolder ?? Catalog.ShippedData, "hardware", "hardware");

    public ImmutableArray<string> Names => catalog.Names;

    /// <summary>Reads one machine; throws <see cref="InputException"/>.</summary>
    public LoadedMachine Load(string nameOrPath)
    {
        CatalogEntry entry = catalog.Open(nameOrPath, _ => null, () => []);
        return HardwareReader.Read(entry.Name, JsonFile.Parse(entry.Text));
    }
}
