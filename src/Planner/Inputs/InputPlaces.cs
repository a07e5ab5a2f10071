using System.Collections.Immutable;

namespace Planner.Inputs;

/// <summary>
/// Where the inputs of a plan file lie. The plan holds names only: a name of the catalog stands for itself, a file is looked for beside the plan,
/// then in the current folder.
/// </summary>
/// <param name="plan">The plan file.</param>
/// <param name="catalogs">What is known by name.</param>
internal sealed class InputPlaces(string plan, InputCatalogs catalogs)
{
    public string Model(string name) => Find(name, "model", catalogs.ModelNames);

    public string Machine(string name) => Find(name, "hardware", catalogs.MachineNames);

    public string Stack(string name) => Find(name, "stack", catalogs.StackNames);

    /// <summary>A table of loads or pairs.</summary>
    public string Table(string name) => Find(name, "table", []);

    private string Find(string name, string noun, ImmutableArray<string> known)
    {
        if (known.Contains(name)) return name;
        var beside = Path.GetDirectoryName(plan) is { Length: > 0 } folder ? folder : ".";
        string[] files = [.. ((string[])[beside, "."]).Distinct().Select(place => Path.Join(place, Path.GetFileName(name)))];
        if (files.FirstOrDefault(File.Exists) is { } found) return found;
        var catalog = known.IsEmpty ? "" : $", nor is it in the catalog.{NearestNames.Hint(name, known)}";
        throw new InputException($"{plan}: its {noun} {OneLine.Quote(name)} is not found: {(files.Length == 1 ? $"{files[0]} does not exist" : $"neither {string.Join(" nor ", files)} exists")}{catalog}");
    }
}
