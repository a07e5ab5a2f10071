using System.CommandLine;

namespace Planner.Commands;

/// <summary>One line for a command line that cannot be read.</summary>
internal static class ParseErrorLine
{
    public static string Of(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var help = command is RootCommand ? "planner --help" : $"planner {command.Name} --help";
        return $"{What(parse, command)}; try {help}";
    }

    private static string What(ParseResult parse, Command command)
    {
        if (parse.UnmatchedTokens.Count > 0)
        {
            var token = parse.UnmatchedTokens[0];
            if (command is RootCommand)
                return $"'{token}' is not a verb; choose from {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}";
            if (!token.StartsWith('-')) return $"'{token}' is not expected here";
            var near = NearestName.Of(token, command.Options.Select(option => option.Name));
            return $"unknown option '{token}'{(near is null ? "" : $"; did you mean {near}?")}";
        }

        return parse.Errors[0].Message.TrimEnd('.');
    }
}
