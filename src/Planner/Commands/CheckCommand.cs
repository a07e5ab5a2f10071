using System.CommandLine;
using Planner.Gates;
using Planner.Reports;

namespace Planner.Commands;

internal static class CheckCommand
{
    public const string Name = "check";

    public static readonly string[] Examples =
    [
        "planner check plan.json",
        "planner check 'plans/**/*.json' --allow-empty --junit check.xml",
        "planner check plan.json --solve --update",
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
        var update = options.Updates(parse, context);
        var junit = parse.GetValue(options.JUnit);
        if (junit is not null) FileSet.CheckFile("--junit", junit);
        var result = Checked(parse, options, update, context);
        if (update) result = result.Updated();
        using (var files = new FileSet())
        {
            foreach (var plan in result.Plans)
                if (plan.Update is { } changed) files.Add(changed.Path, writer => writer.Write(changed.Text));
            if (junit is not null) files.Add(junit, writer => writer.Write(JUnitXml.Write(result)));
            files.Commit();
        }

        if (options.SummaryFile(parse, context) is { } summary) CheckSummary.Append(summary, result);
        context.Output.Write(parse.GetValue(options.Format) switch
        {
            CheckFormat.Json => CheckJson.Write(result),
            CheckFormat.Markdown => CheckMarkdown.Write(result),
            _ => update ? UpdateText.Write(result) : CheckText.Write(result),
        });
        foreach (var file in result.Unreadable) context.Error.WriteLine($"planner: {file.Message}");
        if (options.Annotates(parse, context)) context.Error.Write(GitHubAnnotations.Write(result, context.Variable("GITHUB_WORKSPACE")));
        return update ? result.UpdateExitCode : result.ExitCode(parse.GetValue(options.FailOn) ?? FailOn.Error);
    }

    private static CheckResult Checked(ParseResult parse, CheckOptions options, bool update, CommandContext context)
    {
        var files = options.Files(parse);
        using var interruption = new Interruption();
        var examiner = options.Examiner(parse, files.Length, update, context);
        using var progress = ProgressLine.Start(context.Error, context.ErrorIsTerminal && examiner.Solve);
        return PlanChecks.Run(files, examiner, context.Debug, progress, interruption.Token);
    }
}
