using System.CommandLine;
using Planner.Reports;
using Planner.Reports.Validation;
using Planner.Validation;

namespace Planner.Commands;

internal static class ValidateCommand
{
    public const string Name = "validate";

    public static readonly string[] Examples =
    [
        "planner validate data/measurements/published-runs.csv --report tables",
        "planner validate runs.csv --models my-models --stack megatron --format json",
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Estimates measured runs, each with its own settings, and says how near the estimates come.");
        var file = new Argument<string>("RUNS") { Description = "CSV table, one measured run a row; data/measurements/README.md has the columns." };
        var models = OptionKinds.Text("--models", "DIR", "Folder of model files that the table names, before the catalog (default: none).");
        var hardware = OptionKinds.Text("--hardware", "DIR", "Folder of hardware files, likewise (default: none).");
        var stacks = OptionKinds.Text("--stacks", "DIR", "Folder of stack files, likewise (default: none).");
        var stack = OptionKinds.Text("--stack", "NAME|FILE", "Software stack of every row (default: by the row's stack or software cell).");
        var format = OutputOptions.FormatOption("text for people, json one object, csv the table of families (default: text).");
        var report = OptionKinds.Text("--report", "DIR", "Folder for families.csv, points.csv, skipped.csv and scatter.svg (default: none).");
        var ablate = new Option<bool>("--ablate") { Description = "Scores with one term of the cost model left out at a time, instead (default: no)." };
        command.Options.Add(ablate);
        command.Arguments.Add(file);
        foreach (var option in (Option[])[models, hardware, stacks, stack, format, report]) command.Options.Add(option);
        command.SetAction(parse =>
        {
            var folder = parse.GetValue(report);
            if (folder is not null) FileSet.CheckFolder("--report", folder);
            var catalogs = new RunCatalogs(
                RunFolders.Folder(parse, models), RunFolders.Folder(parse, hardware), RunFolders.Folder(parse, stacks), context.Data);
            var forced = parse.GetValue(stack);
            if (forced is not null) catalogs.Stack(forced);
            var table = RunFolders.Table(parse.GetValue(file)!, context);
            var estimator = new RunEstimator(catalogs, forced);
            if (parse.GetValue(ablate))
            {
                if (folder is not null) throw new RefusedException("--report writes the whole model's scores; leave it out with --ablate, which prints a table");
                ListCommand.Write(AblationListing.Of(Ablation.Of(table, estimator)), parse.GetValue(format) ?? ReportFormat.Text, context);
                return ExitCodes.Ok;
            }

            var result = ValidationResult.Of(table, estimator);
            if (result.Points.Length == 0) throw new RefusedException(NothingScored(result));
            Deliver(result, folder, parse.GetValue(format) ?? ReportFormat.Text, context);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static string NothingScored(ValidationResult result)
    {
        if (result.Rows == 0) return "the table has no row";
        var first = result.Skipped.GroupBy(row => row.Reason).MaxBy(group => group.Count())!;
        return $"no row of {result.Rows} can be estimated; {first.Count()} for this reason: {first.Key}";
    }

    private static void Deliver(ValidationResult result, string? folder, ReportFormat format, CommandContext context)
    {
        string[] written = [];
        if (folder is not null)
        {
            using var files = new FileSet();
            written = [.. ValidationFiles.Add(files, folder, result)];
            files.Commit();
        }

        context.Output.Write(format switch
        {
            ReportFormat.Json => ValidationJson.Write(result),
            ReportFormat.Csv => FamiliesTable.Text(result.Scores),
            _ => ValidationText.Write(result, written),
        });
    }
}
