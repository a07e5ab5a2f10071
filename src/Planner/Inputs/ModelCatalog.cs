using System.Collections.Immutable;
using System.Text;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>Models by name, by another name, or by path of a file of the same form or of a Hugging Face config.json.</summary>
public sealed class ModelCatalog
{
    private readonly Catalog catalog;

    /// <summary>The models under a data folder; the shipped one by default.</summary>
    public ModelCatalog(string? dataFolder = null) => catalog = new Catalog(dataFolder ?? Catalog.ShippedData, "models", "model");

    public ImmutableArray<string> Names => catalog.Names;

    /// <summary>Reads one model; throws <see cref="InputException"/>.</summary>
    public LoadedModel Load(string nameOrPath)
    {
        CatalogEntry entry = catalog.Open(nameOrPath, FindAlias, AllAliases);
        return ModelReader.Read(entry.Name, JsonFile.Parse(entry.Text));
    }

    // Parses only files that hold the text at all.
    private string? FindAlias(string given)
    {
        string wanted = given.ToLowerInvariant();
        byte[] quoted = Encoding.UTF8.GetBytes($"\"{wanted}\"");
        foreach (string name in Names)
        {
            InputText text = catalog.Read(name);
            if (text.Bytes.AsSpan().IndexOf(quoted) >= 0 && ModelReader.Aliases(JsonFile.Parse(text)).Contains(wanted))
                return name;
        }

        return null;
    }

    private IEnumerable<string> AllAliases() => Names.SelectMany(name => ModelReader.Aliases(JsonFile.Parse(catalog.Read(name))));
}
