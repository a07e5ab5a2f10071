using System.CommandLine;
using Planner.Planning;

namespace Planner.Commands;

/// <summary>The options that say how busy the experts are and what may be done about it.</summary>
internal sealed class ExpertOptions
{
    public Option<string?> Loads { get; } = OptionKinds.Text(
        "--loads", "FILE", "Measured load of every expert, to place them by: CSV of layer,expert,load (default: none).");

    public Option<string?> Workload { get; } = OptionKinds.Text(
        "--workload", "NAME", "Rows of --loads to take, where it has a column workload (default: all).");

    public Option<int?> Replicas { get; } = OptionKinds.Integer(
        "--replicas", 0, 65_536, "Copies of hot experts in all, a multiple of the expert ranks; with --loads (default: 0).");

    public Option<string?> Pairs { get; } = OptionKinds.Text(
        "--pairs", "FILE", "Experts that serve the same tokens, to keep on a node: CSV of layer,expert_a,expert_b,weight; with --loads (default: none).");

    public IEnumerable<Option> All => [Loads, Workload, Replicas, Pairs];

    /// <summary>Null where no loads are given; refuses what needs them.</summary>
    public ExpertRequest? Read(ParseResult parse)
    {
        if (parse.GetValue(Loads) is { } loads)
            return new ExpertRequest(loads, parse.GetValue(Workload), parse.GetValue(Pairs), parse.GetValue(Replicas) ?? 0);
        foreach (var option in All.Skip(1))
            if (parse.GetResult(option) is { Implicit: false }) throw new RefusedException($"{option.Name} needs --loads, a CSV of layer,expert,load");
        return null;
    }
}
