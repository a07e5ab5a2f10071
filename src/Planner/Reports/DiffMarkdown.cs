using System.Text;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>What tells one plan from another, for a comment or a job summary.</summary>
internal static class DiffMarkdown
{
    private const int MostLayers = 20;

    /// <param name="diff">Difference.</param>
    /// <param name="was">What the old plan is called.</param>
    /// <param name="now">What the new plan is called.</param>
    public static string Write(PlanDiff diff, string was, string now)
    {
        if (!diff.Any) return DiffText.Same(diff, Code(was), Code(now)) + "\n";
        var text = new StringBuilder();
        text.Append($"**{DiffWords.Step(diff, "→")}**\n\n{Code(was)} → {Code(now)}: {DiffWords.Counts(diff)}\n");
        Table(
            text,
            ["metric", "was", "now", "change", ""],
            "lrrrl",
            diff.Metrics.Where(change => change.Differs)
                .Select(change => new[] { change.Metric.Name, DiffWords.Number(change.Was), DiffWords.Number(change.Now), DiffWords.Change(change), DiffWords.Verdict(change) }));
        Table(text, ["decision", "was", "now"], "lll", diff.Decisions.Select(Cells));
        Table(text, ["input", "was", "now"], "lll", diff.Inputs.Select(Cells));
        Folded(
            text,
            Quantity.Of(diff.Stages.Length, "stage"),
            ["stage", "was", "now", "layers", "recompute"],
            "rllll",
            diff.Stages.Select(change => new[]
            {
                PlanWords.Of(change.Stage),
                Code(DiffWords.Letters(change.Was)),
                Code(DiffWords.Letters(change.Now)),
                DiffWords.Layers(change),
                change.RecomputeWas == change.RecomputeNow ? "" : $"{change.RecomputeWas} → {change.RecomputeNow}",
            }));
        Folded(
            text,
            $"experts of {Quantity.Of(diff.Experts.Length, "layer")}",
            ["layer", "experts on other ranks", "of them"],
            "rrl",
            diff.Experts.Take(MostLayers).Select(layer => new[] { PlanWords.Of(layer.Layer), PlanWords.Of(layer.Moves.Length), string.Join(", ", layer.Moves.Take(MostLayers).Select(DiffWords.Move)) }));
        return text.ToString();
    }

    private static string[] Cells(FieldChange change) =>
        [DiffWords.Name(change), Code(DiffWords.Value(change, change.Was)), Code(DiffWords.Value(change, change.Now))];

    private static void Folded(StringBuilder text, string summary, string[] heads, string columns, IEnumerable<string[]> rows)
    {
        var table = new StringBuilder();
        Table(table, heads, columns, rows);
        if (table.Length > 0) text.Append($"\n<details><summary>{summary}</summary>\n").Append(table).Append("\n</details>\n");
    }

    private static void Table(StringBuilder text, string[] heads, string columns, IEnumerable<string[]> rows)
    {
        var cells = rows.ToList();
        if (cells.Count == 0) return;
        text.Append('\n');
        Row(text, heads);
        Row(text, columns.Select(column => column == 'r' ? "--:" : ":--"));
        foreach (var row in cells) Row(text, row);
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // A bar ends a cell even inside code; a grave accent ends code unless the fence is longer.
    private static string Code(string value)
    {
        var safe = value.Replace("|", "\\|", StringComparison.Ordinal);
        return safe.Contains('`', StringComparison.Ordinal) ? $"`` {safe} ``" : $"`{safe}`";
    }
}
