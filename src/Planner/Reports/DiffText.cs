using Planner.Plans;

namespace Planner.Reports;

/// <summary>What tells one plan from another, for people at a terminal.</summary>
internal static class DiffText
{
    // More than this is for --format json.
    private const int MostStages = 32;
    private const int MostLayers = 8;
    private const int MostMoves = 6;

    // Longer values get lines of their own.
    private const int LongestCell = 32;

    /// <param name="diff">Difference.</param>
    /// <param name="was">What the old plan is called.</param>
    /// <param name="now">What the new plan is called.</param>
    public static string Write(PlanDiff diff, string was, string now)
    {
        var lines = new TextLines();
        if (!diff.Any) return lines.Line(Same(diff, was, now)).ToString();
        lines.Paragraph($"{was} -> {now}: {DiffWords.Step(diff, "->")}; {DiffWords.Counts(diff)}");
        Decisions(lines, diff);
        Stages(lines, diff);
        Experts(lines, diff);
        Metrics(lines, diff, diff.Was.SchemaVersion < diff.Now.SchemaVersion ? was : now);
        Fields(lines, "inputs", diff.Inputs);
        return lines.ToString();
    }

    /// <summary>One line for plans that do not differ.</summary>
    public static string Same(PlanDiff diff, string was, string now) =>
        $"same plan: decisions, metrics and inputs of {was} and {now} are equal";

    private static void Decisions(TextLines lines, PlanDiff diff) => Fields(lines, "decisions", diff.Decisions);

    private static void Fields(TextLines lines, string label, IReadOnlyCollection<FieldChange> changes)
    {
        if (changes.Count == 0) return;
        lines.Line();
        var cells = changes.Select(change => (Name: DiffWords.Name(change), Was: DiffWords.Value(change, change.Was), Now: DiffWords.Value(change, change.Now))).ToList();
        var narrow = cells.Where(cell => cell.Was.Length <= LongestCell && cell.Now.Length <= LongestCell).ToList();
        lines.Table(label, [.. narrow.Select(cell => new[] { cell.Name, cell.Was, "->", cell.Now })], _ => false);
        foreach (var (name, before, after) in cells.Except(narrow))
        {
            lines.Pieces(narrow.Count == 0 ? label : "", Pieces($"{name} was ", before));
            lines.Pieces("", Pieces($"{name} now ", after));
        }
    }

    // Layouts and lists may be broken behind their separators.
    private static IEnumerable<string> Pieces(string head, string value)
    {
        yield return head;
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is not ('|' or ',' or ' ')) continue;
            yield return value[start..(i + 1)];
            start = i + 1;
        }

        yield return value[start..];
    }

    private static void Stages(TextLines lines, PlanDiff diff)
    {
        if (diff.Stages.IsEmpty) return;
        lines.Line();
        List<string[]> rows =
        [
            .. diff.Stages.Take(MostStages).Select(change => new[]
            {
                PlanWords.Of(change.Stage),
                DiffWords.Letters(change.Was),
                "->",
                DiffWords.Letters(change.Now),
                DiffWords.Layers(change),
                change.RecomputeWas == change.RecomputeNow ? "" : $"recompute {change.RecomputeWas} -> {change.RecomputeNow}",
            }),
        ];
        lines.Table("stages", rows, column => column == 0);
        More(lines, diff.Stages.Length - MostStages, "stage");
    }

    private static void Experts(TextLines lines, PlanDiff diff)
    {
        if (diff.Experts.IsEmpty) return;
        lines.Line();
        lines.Sentence("experts", $"{Quantity.Of(diff.Experts.Sum(layer => layer.Moves.Length), "expert")} of {Quantity.Of(diff.Experts.Length, "layer")} on other ranks (expert from rank to rank)");
        foreach (var layer in diff.Experts.Take(MostLayers))
        {
            var moves = layer.Moves.Take(MostMoves).Select(DiffWords.Move);
            if (layer.Moves.Length > MostMoves) moves = moves.Append($"{layer.Moves.Length - MostMoves} more");
            lines.Sentence("", $"layer {layer.Layer}: {string.Join(", ", moves)}");
        }

        More(lines, diff.Experts.Length - MostLayers, "layer");
    }

    private static void Metrics(TextLines lines, PlanDiff diff, string older)
    {
        lines.Line();
        lines.Table(
            "metrics",
            [.. diff.Metrics.Where(change => change.Differs).Select(change => new[]
            {
                change.Metric.Name, DiffWords.Number(change.Was), "->", DiffWords.Number(change.Now), DiffWords.Change(change), DiffWords.Verdict(change),
            })],
            column => column is 1 or 3 or 4);
        if (Names(diff.Metrics.Where(change => change is { Differs: false, Unwritten: false })) is { Length: > 0 } same) lines.Sentence("same", same);
        if (Names(diff.Metrics.Where(change => change.Unwritten)) is { Length: > 0 } missing)
            lines.Sentence("not written", $"{missing}: {older} is of an older schema");
    }

    private static string Names(IEnumerable<MetricChange> changes) => string.Join(", ", changes.Select(change => change.Metric.Name));

    private static void More(TextLines lines, int count, string noun)
    {
        if (count > 0) lines.Sentence("", $"and {Quantity.Of(count, noun)} more; --format json has all");
    }
}
