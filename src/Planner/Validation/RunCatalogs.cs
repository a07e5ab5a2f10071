using System.Collections.Concurrent;
using System.Collections.Immutable;
using Planner.Inputs;

namespace Planner.Validation;

/// <summary>
/// Models, machines and stacks by the names of a table: files of the user's folders first, then the catalogs, then the models that ship beside the
/// published runs. Everything is read once; any thread may ask. What cannot be found or read throws <see cref="InputException"/>.
/// </summary>
public sealed class RunCatalogs
{
    private readonly NamedFiles models;
    private readonly NamedFiles machines;
    private readonly NamedFiles stacks;
    private readonly ModelCatalog modelCatalog;
    private readonly HardwareCatalog machineCatalog;
    private readonly StackCatalog stackCatalog;
    private readonly ConcurrentDictionary<string, Lazy<LoadedModel>> loadedModels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<LoadedMachine>> loadedMachines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<LoadedStack>> loadedStacks = new(StringComparer.Ordinal);
    private readonly Lazy<ImmutableArray<LoadedStack>> allStacks;

    /// <param name="modelFolder">The user's models; null for none.</param>
    /// <param name="hardwareFolder">The user's machines; null for none.</param>
    /// <param name="stackFolder">The user's stacks; null for none.</param>
    /// <param name="data">Data folder; null takes the one that ships beside the program.</param>
    public RunCatalogs(string? modelFolder = null, string? hardwareFolder = null, string? stackFolder = null, string? data = null)
    {
        modelCatalog = new ModelCatalog(data);
        machineCatalog = new HardwareCatalog(data);
        stackCatalog = new StackCatalog(data);
        var measured = Path.Join(data ?? Catalog.ShippedData, "measurements", "models");
        models = new NamedFiles("model", modelFolder, modelCatalog.Names, Directory.Exists(measured) ? measured : null);
        machines = new NamedFiles("hardware", hardwareFolder, machineCatalog.Names, null);
        stacks = new NamedFiles("stack", stackFolder, stackCatalog.Names, null);
        allStacks = new Lazy<ImmutableArray<LoadedStack>>(() => [.. stacks.Names.Select(Stack)]);
    }

    public LoadedModel Model(string name) =>
        loadedModels.GetOrAdd(name, given => new Lazy<LoadedModel>(() => models.Load(given, modelCatalog.Load))).Value;

    public LoadedMachine Machine(string name) =>
        loadedMachines.GetOrAdd(name, given => new Lazy<LoadedMachine>(() => Bare(machines.Load(given, machineCatalog.Load)))).Value;

    public LoadedStack Stack(string name) =>
        loadedStacks.GetOrAdd(name, given => new Lazy<LoadedStack>(() => Bare(stacks.Load(given, stackCatalog.Load)))).Value;

    /// <summary>Names of the known stacks.</summary>
    public ImmutableArray<string> StackNames => stacks.Names;

    /// <summary>The stack whose list of software holds the longest beginning of a name; null where none does.</summary>
    public LoadedStack? StackOf(string software)
    {
        LoadedStack? best = null;
        var longest = 0;
        foreach (var stack in allStacks.Value)
        {
            foreach (var prefix in stack.Spec.Software)
            {
                if (prefix.Length <= longest || !software.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) continue;
                (best, longest) = (stack, prefix.Length);
            }
        }

        return best;
    }

    // Files are known by their names without extension here, as in the catalogs.
    private static LoadedMachine Bare(LoadedMachine read) => read with { Spec = read.Spec with { Name = Bare(read.Spec.Name) } };

    private static LoadedStack Bare(LoadedStack read) => read with { Spec = read.Spec with { Name = Bare(read.Spec.Name) } };

    private static string Bare(string name) => name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
}
