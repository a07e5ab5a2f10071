using System.Collections.Immutable;
using Planner.Plans;

namespace Planner.Validation;

/// <summary>Collects the inputs that a row leaves open.</summary>
internal sealed class DefaultedInputs
{
    private readonly List<string> names = [];

    public ImmutableArray<string> All => [.. names];

    /// <summary>The given value, or the default, which is then listed where it matters.</summary>
    public int Or(int? given, string name, int otherwise, bool matters = true)
    {
        if (given is null && matters) Add(name, PlanWords.Of(otherwise));
        return given ?? otherwise;
    }

    public void Add(string name, string value) => names.Add($"{name}={value}");
}
