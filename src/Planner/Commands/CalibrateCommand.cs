using System.CommandLine;
using Planner.Calibration;
using Planner.Reports;
using Planner.Reports.Calibration;
using Planner.Validation;

namespace Planner.Commands;

internal static class CalibrateCommand
{
    public const string Name = "calibrate";

    public static readonly string[] Examples =
    [
        "planner calibrate runs.csv -o stack.json",
        "planner calibrate runs.csv --stack nemo -o stack.json --force",
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Turns measured runs into a stack of their own: sets the few constants that they can tell.");
        var file = new Argument<string>("RUNS") { Description = "CSV table, one measured run a row; data/measurements/README.md has the columns." };
        var output = OptionKinds.Text("--output", "FILE", "The stack file to write (default: none).");
        output.Aliases.Add("-o");
        var stack = OptionKinds.Text("--stack", "NAME|FILE", "Stack to start from (default: that of the rows' stack or software cells).");
        var models = OptionKinds.Text("--models", "DIR", "Folder of model files that the table names, before the catalog (default: none).");
        var hardware = OptionKinds.Text("--hardware", "DIR", "Folder of hardware files, likewise (default: none).");
        var stacks = OptionKinds.Text("--stacks", "DIR", "Folder of stack files, likewise (default: none).");
        var format = OutputOptions.FormatOption("text for people, json one object, csv the table of constants (default: text).");
        var force = new Option<bool>("--force") { Description = "Replace an existing file; write a fit that is worse than the defaults, too." };
        command.Arguments.Add(file);
        foreach (var option in (Option[])[output, stack, models, hardware, stacks, format, force]) command.Options.Add(option);
        command.SetAction(parse =>
        {
            var (target, forced) = (parse.GetValue(output), parse.GetValue(force));
            if (target is not null) CheckTarget(target, forced);
            var folder = RunFolders.Folder(parse, stacks);
            var catalogs = new RunCatalogs(RunFolders.Folder(parse, models), RunFolders.Folder(parse, hardware), folder, context.Data);
            var named = parse.GetValue(stack);
            if (named is not null) catalogs.Stack(named);
            var path = parse.GetValue(file)!;
            var table = RunFolders.Table(path, context);
            var estimator = new RunEstimator(catalogs, named);
            var rows = CalibrationRows.Of(table, estimator, catalogs);
            if (rows.Runs.IsEmpty) throw new RefusedException(NothingToLearn(table, rows));
            var start = StackOrigin.Of(named, rows, folder);
            var based = target is null ? null : start.BaseFor(target);
            var result = Calibrator.Run(estimator, catalogs.Stack(start.Given).Spec, table.Rows, rows.Runs, rows.LeftOut);
            Deliver(result, Path.GetFileName(path), based, target, forced, parse.GetValue(format) ?? ReportFormat.Text, context);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void CheckTarget(string target, bool forced)
    {
        FileSet.CheckFile("--output", target);
        if (File.Exists(target) && !forced) throw new RefusedException($"--output: '{target}' exists; --force replaces it");
    }

    private static string NothingToLearn(RunTable table, CalibrationRows rows)
    {
        if (table.Rows == 0) return "the table has no row";
        var first = rows.LeftOut.GroupBy(row => row.Reason).MaxBy(group => group.Count())!;
        return $"none of the {table.Rows} rows can be used; {first.Count()} of them: {first.Key}";
    }

    private static void Deliver(
        CalibrationResult result, string table, string? based, string? target, bool forced, ReportFormat format, CommandContext context)
    {
        var writes = target is not null && result.Fit is not null && (result.Better || forced);
        if (writes)
        {
            using var files = new FileSet();
            files.Add(target!, writer => writer.Write(CalibratedStackFile.Write(result, result.Fit!, table, based!)));
            files.Commit();
        }

        var report = new CalibrationReport(result, table, writes ? target : null, target is not null);
        context.Output.Write(format switch
        {
            ReportFormat.Json => CalibrationJson.Write(report),
            ReportFormat.Csv => ConstantsTable.Text(result),
            _ => CalibrationText.Write(report),
        });
        if (format == ReportFormat.Csv) context.Error.WriteLine("planner: " + report.Answer);
    }
}
