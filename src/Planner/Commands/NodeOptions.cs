using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Planner.Planning;

namespace Planner.Commands;

/// <summary>Options for nodes of the cluster that no rank may be on.</summary>
internal sealed class NodeOptions
{
    public Option<ImmutableArray<int>> Exclude { get; } = new("--exclude-nodes")
    {
        Description = "Nodes of --gpus that are broken, counted from 0: numbers and ranges such as 3,17,40-47 (default: none).",
        HelpName = "N[,N...]|N-N",
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = _ => [],
        CustomParser = Parse,
    };

    public Option<int?> Spare { get; } = OptionKinds.Integer(
        "--spare-nodes", 0, PlanRequestOptions.MostGpus, "Nodes of --gpus to keep back, whichever the plan can best do without (default: 0).");

    public IEnumerable<Option> All => [Exclude, Spare];

    public NodeLimits Read(ParseResult parse) => new(parse.GetValue(Exclude), parse.GetValue(Spare) ?? 0);

    /// <summary>The options given, each over that of a plan file.</summary>
    public NodeLimits Or(ParseResult parse, NodeLimits saved) => new(
        parse.GetResult(Exclude) is null or { Implicit: true } ? saved.Excluded : parse.GetValue(Exclude),
        parse.GetValue(Spare) ?? saved.Spares);

    private static ImmutableArray<int> Parse(ArgumentResult result)
    {
        var nodes = new SortedSet<int>();
        foreach (var item in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = item.Split('-');
            if (ends.Length > 2 || !ends.All(end => OptionKinds.Whole(end) is >= 0 and < PlanRequestOptions.MostGpus))
            {
                result.AddError($"--exclude-nodes: '{item}' is not allowed; give numbers of nodes from 0 and ranges, with commas, for example 3,17,40-47");
                return [];
            }

            var (first, last) = (OptionKinds.Whole(ends[0])!.Value, OptionKinds.Whole(ends[^1])!.Value);
            if (first > last)
            {
                result.AddError($"--exclude-nodes: the range {item} runs backwards; give the smaller end first: {last}-{first}");
                return [];
            }

            for (var node = first; node <= last; node++) nodes.Add(node);
        }

        return [.. nodes];
    }
}
