using System.Globalization;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>A validation for people: the answer first, then families, levels of confidence, memory, groups, and what was skipped.</summary>
internal static class ValidationText
{
    private const int MostReasons = 12;
    private const int LongestReason = 200;
    private const string None = "-";

    public static string Write(ValidationResult result, IReadOnlyCollection<string> written)
    {
        var scores = result.Scores;
        var lines = new TextLines();
        lines.Paragraph(Answer(scores)).Line();
        lines.Sentence("table", Counts(result));
        lines.Line();
        lines.Table("step", Steps(scores), column => column is > 0 and < 6);
        if (scores.Overall.Groups > 0) lines.Line().Table("choice", Choices(scores), column => column > 0);
        if (scores.Overall.MemoryRows > 0) lines.Line().Table("memory", Memory(scores), column => column > 0);
        if (result.Skipped.Length > 0) Skipped(lines.Line(), result);
        if (written.Count > 0) lines.Line().Sentence("written", string.Join(", ", written));
        return lines.ToString();
    }

    private static string Answer(Scoreboard scores)
    {
        var (score, which) = scores.High is { Rows: > 0 } high ? (high, "confidence high") : (scores.Overall, "all");
        return score.Rows == 0
            ? $"{which}: no row has a measured step"
            : $"{which}: {Quantity.Of(score.Rows, "row")}, MAPE {Percent(score.Mape)}, median {Percent(score.MedianApe)}, bias {Signed(score.Bias)}";
    }

    private static string Counts(ValidationResult result) =>
        $"{Quantity.Of(result.Rows, "row")}: {result.Points.Length} estimated, {result.Skipped.Length} skipped; errors in percent of the measured, bias above 0 is too slow";

    private static List<string[]> Steps(Scoreboard scores)
    {
        List<string[]> rows = [["", "rows", "MAPE", "median", "bias", "worst", "row"]];
        rows.AddRange(Named(scores).Where(named => named.Score.Rows > 0).Select(named => new[]
        {
            named.Name,
            Count(named.Score.Rows),
            Fixed(named.Score.Mape),
            Fixed(named.Score.MedianApe),
            SignedNumber(named.Score.Bias),
            Fixed(named.Score.MaxApe),
            named.Score.WorstId ?? None,
        }));
        return rows;
    }

    private static List<string[]> Choices(Scoreboard scores)
    {
        List<string[]> rows = [["same model, hardware, GPUs", "groups", "spearman", "regret"]];
        rows.AddRange(Named(scores).Where(named => named.Score.Groups > 0).Select(named => new[]
        {
            named.Name,
            Count(named.Score.Groups),
            named.Score.Spearman is { } rank ? Quantity.Fixed(rank, 2) : None,
            Fixed(named.Score.Regret),
        }));
        return rows;
    }

    private static List<string[]> Memory(Scoreboard scores)
    {
        List<string[]> rows = [["fullest GPU", "rows", "MAPE", "worst"]];
        rows.AddRange(Named(scores).Where(named => named.Score.MemoryRows > 0).Select(named => new[]
        {
            named.Name,
            Count(named.Score.MemoryRows),
            Fixed(named.Score.MemoryMape),
            Fixed(named.Score.MemoryMax),
        }));
        return rows;
    }

    private static void Skipped(TextLines lines, ValidationResult result)
    {
        var reasons = result.Skipped.GroupBy(row => row.Reason)
            .OrderByDescending(group => group.Count())
            .ToList();
        foreach (var (group, i) in reasons.Take(MostReasons).Select((group, i) => (group, i)))
            lines.Sentence(i == 0 ? "skipped" : "", $"{Quantity.Of(group.Count(), "row")}: {Short(group.Key)}");
        var rest = reasons.Skip(MostReasons).ToList();
        if (rest.Count > 0)
            lines.Sentence("", $"{Quantity.Of(rest.Sum(group => group.Count()), "row")} for {Quantity.Of(rest.Count, "other reason")}; --report lists every row");
    }

    private static IEnumerable<(string Name, Score Score)> Named(Scoreboard scores) => scores.Families.Select(score => (score.Name, score))
        .Concat(scores.Confidence.Select(score => ("confidence " + score.Name, score)))
        .Append(("all", scores.Overall));

    private static string Short(string reason) => reason.Length <= LongestReason ? reason : reason[..LongestReason].TrimEnd() + " ...";

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Fixed(double? value) => value is { } number ? Quantity.Fixed(number, 1) : None;

    private static string SignedNumber(double? value) => value is { } number ? (number < 0 ? "" : "+") + Quantity.Fixed(number, 1) : None;

    private static string Percent(double? value) => Fixed(value) + " %";

    private static string Signed(double? value) => SignedNumber(value) + " %";
}
