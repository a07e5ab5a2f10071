using System.CommandLine;
using Planner.Plans;
using Planner.Reports;

namespace Planner.Commands;

internal static class DiffCommand
{
    public const string Name = "diff";

    private const string StandardInput = "-";

    public static readonly string[] Examples =
    [
        "planner diff old.json plan.json",
        "planner diff <(git show origin/main:plan.json) plan.json --exit-code --format markdown",
    ];

    private enum DiffFormat
    {
        Text,
        Json,
        Markdown,
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Shows what tells one plan file from another: decisions, metrics (better or worse), inputs.");
        var old = Plan("OLD", "Plan file of 'planner solve -o', or - for the standard input.");
        var present = Plan("NEW", "Another.");
        var exitCode = new Option<bool>("--exit-code") { Description = "Exit with 2 if the plans differ (default: 0 either way)." };
        var format = OptionKinds.Word<DiffFormat>(
            "--format", Word, "What is printed: text for people, json one object, markdown for a comment or a job summary (default: text).");
        command.Arguments.Add(old);
        command.Arguments.Add(present);
        command.Options.Add(exitCode);
        command.Options.Add(format);
        command.SetAction(parse =>
        {
            if (parse.GetValue(old) is not { } was || parse.GetValue(present) is not { } now)
                throw new RefusedException("diff needs two plan files, the old and the new; for example planner diff old.json plan.json");
            if (was == StandardInput && now == StandardInput)
                throw new RefusedException("diff: only one of the two plans can be the standard input; give the other as a file");
            var diff = PlanDiff.Of(Read(was, context), Read(now, context));
            context.Output.Write((parse.GetValue(format) ?? DiffFormat.Text) switch
            {
                DiffFormat.Json => DiffJson.Write(diff, Shown(was), Shown(now)),
                DiffFormat.Markdown => DiffMarkdown.Write(diff, Shown(was), Shown(now)),
                _ => DiffText.Write(diff, Shown(was), Shown(now)),
            });
            return parse.GetValue(exitCode) && diff.Any ? ExitCodes.GateFailed : ExitCodes.Ok;
        });
        return command;
    }

    private static Argument<string?> Plan(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    private static SavedPlan Read(string path, CommandContext context)
    {
        if (path != StandardInput) return PlanFileReader.ReadFile(path);
        using var input = context.Input();
        return PlanFileReader.Read(input, Shown(path));
    }

    private static string Shown(string path) => path == StandardInput ? "standard input" : path;

    private static string Word(DiffFormat format) => format switch
    {
        DiffFormat.Text => "text",
        DiffFormat.Json => "json",
        DiffFormat.Markdown => "markdown",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
