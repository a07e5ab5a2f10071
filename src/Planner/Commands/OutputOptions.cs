using System.CommandLine;

namespace Planner.Commands;

internal enum ReportFormat
{
    Text,
    Json,
    Csv,
}

/// <summary>Where a plan goes.</summary>
internal sealed class OutputOptions
{
    public Option<string?> File { get; } = PlanFileOption();

    public Option<ReportFormat?> Format { get; } =
        FormatOption("text for people, json the plan file, csv the summary table (default: text).");

    public Option<string?> Report { get; } = OptionKinds.Text(
        "--report", "DIR", "Folder for all tables as CSV: summary, stages, memory, ranks, experts, candidates, timeline (default: none).");

    public IEnumerable<Option> All => [File, Format, Report];

    public static Option<ReportFormat?> FormatOption(string description) =>
        OptionKinds.Word<ReportFormat>("--format", Word, "What is printed: " + description);

    private static Option<string?> PlanFileOption()
    {
        var option = OptionKinds.Text("--output", "FILE", "File for the plan, as JSON (default: none).");
        option.Aliases.Add("-o");
        return option;
    }

    private static string Word(ReportFormat format) => format switch
    {
        ReportFormat.Text => "text",
        ReportFormat.Json => "json",
        ReportFormat.Csv => "csv",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
