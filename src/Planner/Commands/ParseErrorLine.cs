using System.CommandLine;
using Planner.Inputs;

namespace Planner.Commands;

/// <summary>One line for a command line that cannot be read.</summary>
internal static class ParseErrorLine
{
    public static string Of(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var help = command is RootCommand ? "planner --help" : $"planner {command.Name} --help";
        var what = What(parse, command).TrimEnd('.');
        return OneLine.Of(what + (what.EndsWith('?') ? $" Try {help}" : $"; try {help}"));
    }

    private static string What(ParseResult parse, Command command)
    {
        if (command is RootCommand && parse.UnmatchedTokens.Count == 0)
            return $"no verb is given; choose from {Verbs(command)}";
        if (parse.UnmatchedTokens.Count > 0)
        {
            var token = parse.UnmatchedTokens[0];
            if (command is RootCommand)
                return $"'{token}' is not a verb; choose from {Verbs(command)}";
            if (!token.StartsWith('-')) return $"'{token}' is not expected here";
            return $"unknown option '{token}'.{NearestNames.Hint(token, command.Options.Select(option => option.Name))}";
        }

        return parse.Errors[0].Message;
    }

    private static string Verbs(Command root) => string.Join(", ", root.Subcommands.Select(verb => verb.Name));
}
