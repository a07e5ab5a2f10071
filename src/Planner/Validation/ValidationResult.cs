using System.Collections.Immutable;

namespace Planner.Validation;

/// <summary>A row that is not scored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Line">Line of the table.</param>
/// <param name="Family">Its family.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedRow(string Id, long Line, string Family, string Reason);

/// <summary>A table of runs, estimated and scored.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Points">Estimated rows, in order.</param>
/// <param name="Skipped">All others, in order.</param>
/// <param name="Scores">Scores.</param>
public sealed record ValidationResult(int Rows, ImmutableArray<RunEstimated> Points, ImmutableArray<SkippedRow> Skipped, Scoreboard Scores)
{
    /// <summary>Estimates every row of a table.</summary>
    public static ValidationResult Of(RunTable table, RunEstimator estimator)
    {
        var results = estimator.Estimate(table.Runs);
        return new ValidationResult(
            table.Rows,
            [.. results.OfType<RunEstimated>()],
            [
                .. table.Unreadable.Select(row => new SkippedRow(row.Id, row.Line, row.Family, row.Reason))
                    .Concat(results.OfType<RunSkipped>().Select(row => new SkippedRow(row.Run.Id, row.Run.Line, row.Run.Family, row.Reason)))
                    .OrderBy(row => row.Line),
            ],
            Scoreboard.Of(results));
    }
}
