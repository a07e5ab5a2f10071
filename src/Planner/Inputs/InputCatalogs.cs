using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Planner.Inputs;

/// <summary>Models, machines and stacks by name or path, each read once; any thread may ask. What cannot be read throws <see cref="InputException"/>, each time.</summary>
/// <param name="data">Data folder; null takes the shipped one.</param>
internal sealed class InputCatalogs(string? data)
{
    private readonly Lazy<ModelCatalog> models = new(() => new ModelCatalog(data));
    private readonly Lazy<HardwareCatalog> machines = new(() => new HardwareCatalog(data));
    private readonly Lazy<StackCatalog> stacks = new(() => new StackCatalog(data));
    private readonly ConcurrentDictionary<string, Lazy<LoadedModel>> loadedModels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<LoadedMachine>> loadedMachines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<LoadedStack>> loadedStacks = new(StringComparer.Ordinal);

    public ImmutableArray<string> ModelNames => models.Value.Names;

    public ImmutableArray<string> MachineNames => machines.Value.Names;

    public ImmutableArray<string> StackNames => stacks.Value.Names;

    public LoadedModel Model(string nameOrPath) => loadedModels.GetOrAdd(nameOrPath, given => new(() => models.Value.Load(given))).Value;

    public LoadedMachine Machine(string nameOrPath) => loadedMachines.GetOrAdd(nameOrPath, given => new(() => machines.Value.Load(given))).Value;

    public LoadedStack Stack(string nameOrPath) => loadedStacks.GetOrAdd(nameOrPath, given => new(() => stacks.Value.Load(given))).Value;
}
