using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Planner.Commands;

/// <summary>The usual help, 100 columns wide, followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyDictionary<string, string[]> examples) : SynchronousCommandLineAction
{
    public static void Use(RootCommand root, IReadOnlyDictionary<string, string[]> examples)
    {
        foreach (var option in root.Options)
            if (option is HelpOption { Action: HelpAction usual }) option.Action = new HelpWithExamples(usual, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        usual.MaxWidth = 100;
        usual.Invoke(parseResult);
        if (!examples.TryGetValue(parseResult.CommandResult.Command.Name, out var lines)) return ExitCodes.Ok;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in lines) output.WriteLine("  " + line);
        return ExitCodes.Ok;
    }
}
