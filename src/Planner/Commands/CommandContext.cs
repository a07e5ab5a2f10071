using Planner.Planning;
namespace Planner.Commands;

/// <summary>What a verb may touch outside itself.</summary>
/// <param name="Output">The result.</param>
/// <param name="Error">Everything else.</param>
/// <param name="ErrorIsTerminal">Progress may be drawn.</param>
/// <param name="Color">Whether NO_COLOR and the terminal allow colour.</param>
/// <param name="Planner">The search, made when first needed.</param>
/// <param name="Data">Folder of models, machines and stacks; null for the one that ships beside the program.</param>
/// <param name="Schedules">Names of the schedules.</param>
/// <param name="Debug">Unexpected errors show their stack.</param>
public sealed record CommandContext(
    TextWriter Output,
    TextWriter Error,
    bool ErrorIsTerminal,
    bool Color,
    Func<IPlanner> Planner,
    string? Data,
    IReadOnlyCollection<string> Schedules,
    bool Debug)
{
    /// <summary>What - stands for where a file is read.</summary>
    public Func<Stream> Input { get; init; } = Console.OpenStandardInput;

    /// <summary>A variable of the environment; null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;
}
