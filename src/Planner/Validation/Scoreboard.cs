using System.Collections.Immutable;

namespace Planner.Validation;

/// <summary>Scores of a table.</summary>
/// <param name="Overall">All rows.</param>
/// <param name="Families">By family, in order of the table.</param>
/// <param name="Confidence">By level of confidence: high, medium, low, then any other.</param>
public sealed record Scoreboard(Score Overall, ImmutableArray<Score> Families, ImmutableArray<Score> Confidence)
{
    /// <summary>Name of rows whose cell is empty.</summary>
    public const string Unnamed = "unnamed";

    private static readonly string[] Levels = ["high", "medium", "low"];

    /// <summary>Rows of high confidence; null where there are none.</summary>
    public Score? High => Confidence.FirstOrDefault(score => score.Name == Levels[0]);

    /// <summary>The scores of results, skipped rows left out.</summary>
    public static Scoreboard Of(IEnumerable<RunResult> results)
    {
        ImmutableArray<RunEstimated> rows = [.. results.OfType<RunEstimated>()];
        return new Scoreboard(
            Score.Of("all", rows),
            [.. By(rows, row => row.Run.Family)],
            [.. By(rows, row => row.Run.Confidence).OrderBy(score => Array.IndexOf(Levels, score.Name) is var level && level < 0 ? Levels.Length : level)]);
    }

    private static IEnumerable<Score> By(ImmutableArray<RunEstimated> rows, Func<RunEstimated, string> cell) =>
        rows.GroupBy(row => cell(row) is { Length: > 0 } name ? name : Unnamed).Select(group => Score.Of(group.Key, [.. group]));
}
