using System.CommandLine;
using Planner.Gates;

namespace Planner.Commands;

internal static class CheckCommand
{
    public const string Name = "check";

    public static readonly string[] Examples =
    [
        "planner check plan.json",
        "planner check 'plans/**/*.json' --allow-empty",
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command(
            Name, "Guards plan files: estimates their decisions with today's models, machines and software, and fails where that is worse than recorded or over budget.");
        var options = new CheckOptions();
        command.Arguments.Add(options.Plans);
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parse => Run(parse, options, context));
        return command;
    }

    private static int Run(ParseResult parse, CheckOptions options, CommandContext context)
    {
        var files = options.Files(parse);
        using var interruption = new Interruption();
        var examiner = options.Examiner(parse, context);
        CheckResult result;
        using (var progress = ProgressLine.Start(context.Error, context.ErrorIsTerminal && parse.GetValue(options.Solve)))
            result = PlanChecks.Run(files, examiner, context.Debug, progress, interruption.Token);
        context.Output.Write(CheckText.Write(result));
        foreach (var file in result.Unreadable) context.Error.WriteLine($"planner: {file.Message}");
        return result.ExitCode(parse.GetValue(options.FailOn) ?? FailOn.Error);
    }
}
