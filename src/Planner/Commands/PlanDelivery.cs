using System.CommandLine;
using Planner.Planning;
using Planner.Plans;
using Planner.Reports;
using Planner.Search;

namespace Planner.Commands;

/// <summary>Runs a search and hands over what came of it: files first, so that a failure to write leaves nothing on the output.</summary>
internal sealed class PlanDelivery
{
    private readonly CommandContext context;
    private readonly ReportFormat format;
    private readonly string? planFile;
    private readonly string? tables;

    private PlanDelivery(CommandContext context, ReportFormat format, string? planFile, string? tables)
    {
        this.context = context;
        this.format = format;
        this.planFile = planFile;
        this.tables = tables;
    }

    /// <summary>Refuses targets that cannot be written before any time is spent on the search.</summary>
    public static PlanDelivery From(ParseResult parse, OutputOptions options, CommandContext context)
    {
        var planFile = parse.GetValue(options.File);
        var tables = parse.GetValue(options.Report);
        if (planFile is not null) FileSet.CheckFile("--output", planFile);
        if (tables is not null) FileSet.CheckFolder("--report", tables);
        return new PlanDelivery(context, parse.GetValue(options.Format) ?? ReportFormat.Text, planFile, tables);
    }

    public int Run(Func<IPlanner, IProgressSink, CancellationToken, PlanOutcome> ask)
    {
        using var interruption = new Interruption();
        PlanOutcome outcome;
        using (var progress = ProgressLine.Start(context.Error, context.ErrorIsTerminal))
        {
            var first = new FirstReport(progress, interruption.Listen);
            outcome = ask(context.Planner(), first, interruption.Token);
        }

        interruption.Listen();
        switch (outcome)
        {
            case PlanFound found:
                Deliver(interruption.Happened ? Mark(found) : found);
                return interruption.Happened ? ExitCodes.Interrupted : ExitCodes.Ok;
            case FrontFound found:
                Deliver(found.Front);
                return interruption.Happened ? ExitCodes.Interrupted : ExitCodes.Ok;
            case SweepFound found:
                Deliver(found.Sweep);
                return interruption.Happened ? ExitCodes.Interrupted : found.Sweep.Rows.All(row => row.Status == ProofStatus.Infeasible) ? ExitCodes.Infeasible : ExitCodes.Ok;
            case Infeasible infeasible:
                Deliver(infeasible);
                return interruption.Happened ? ExitCodes.Interrupted : ExitCodes.Infeasible;
            case Undecided undecided:
                context.Error.WriteLine("planner: " + (interruption.Happened ? Undecided.Interrupted : undecided.Message));
                return interruption.Happened ? ExitCodes.Interrupted : ExitCodes.Failed;
            default:
                throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}");
        }
    }

    private static PlanFound Mark(PlanFound found)
    {
        if (found.Plan.Solver is null or { Status: ProofStatus.Optimal }) return found;
        var finding = new Finding(FindingLevel.Warning, "interrupted: the best plan so far, not proven");
        return found with { Plan = found.Plan with { Findings = found.Plan.Findings.Insert(0, finding) } };
    }

    private void Deliver(PlanFound found)
    {
        var json = format == ReportFormat.Json || planFile is not null ? PlanFileWriter.Write(found.Plan) : "";
        using (var files = new FileSet())
        {
            if (planFile is not null) files.Add(planFile, writer => writer.Write(json));
            if (tables is not null) ReportTables.Write(files, tables, found.Plan, found.Timeline);
            files.Commit();
        }

        context.Output.Write(format switch
        {
            ReportFormat.Text => TextReport.Write(found.Plan, Written()),
            ReportFormat.Json => json,
            ReportFormat.Csv => ReportTables.Summary(found.Plan),
            _ => throw new InvalidOperationException($"unknown format {format}"),
        });
    }

    private void Deliver(Front front) => Deliver(
        () => FrontFileWriter.Write(front),
        writer => FrontTable.Write(writer, front),
        written => FrontText.Write(front, written),
        ("pareto.csv", writer => FrontTable.Write(writer, front)),
        ("pareto.svg", writer => FrontSvg.Write(writer, front)));

    private void Deliver(Sweep sweep) => Deliver(
        () => SweepFileWriter.Write(sweep),
        writer => SweepTable.Write(writer, sweep),
        written => SweepText.Write(sweep, written),
        ("sweep.csv", writer => SweepTable.Write(writer, sweep)));

    // One table instead of one plan.
    private void Deliver(
        Func<string> write, Action<TextWriter> csv, Func<List<string>, string> text, params (string Name, Action<TextWriter> Write)[] reports)
    {
        var json = format == ReportFormat.Json || planFile is not null ? write() : "";
        var written = new List<string>();
        using (var files = new FileSet())
        {
            if (planFile is not null) Add(planFile, writer => writer.Write(json));
            if (tables is not null)
                foreach (var report in reports) Add(Path.Join(tables, report.Name), report.Write);
            files.Commit();

            void Add(string path, Action<TextWriter> fill)
            {
                files.Add(path, fill);
                written.Add(path);
            }
        }

        if (format == ReportFormat.Csv) csv(context.Output);
        else context.Output.Write(format == ReportFormat.Json ? json : text(written));
    }

    // A spreadsheet gets the header and no row; the reason goes where people look.
    private void Deliver(Infeasible infeasible)
    {
        if (format != ReportFormat.Text) context.Error.WriteLine("planner: " + infeasible.Message);
        context.Output.Write(format switch
        {
            ReportFormat.Text => InfeasibleReport.Text(infeasible),
            ReportFormat.Json => InfeasibleReport.Json(infeasible),
            ReportFormat.Csv => ReportTables.SummaryHeader(),
            _ => throw new InvalidOperationException($"unknown format {format}"),
        });
    }

    private List<string> Written()
    {
        var written = new List<string>();
        if (planFile is not null) written.Add(planFile);
        if (tables is not null) written.Add(Path.Join(tables, "*.csv"));
        return written;
    }
}
