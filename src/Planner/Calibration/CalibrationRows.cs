using System.Collections.Immutable;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Calibration;

/// <summary>The rows of a table that a calibration can learn from, and the others with the reason.</summary>
/// <param name="Runs">Estimated rows with a measured step, all with one stack.</param>
/// <param name="LeftOut">All others.</param>
/// <param name="Stack">The stack; null where there is no run.</param>
public sealed record CalibrationRows(ImmutableArray<KnownRun> Runs, ImmutableArray<SkippedRow> LeftOut, string? Stack)
{
    /// <summary>Sorts a table. Throws <see cref="InputException"/> where its rows have several stacks.</summary>
    public static CalibrationRows Of(RunTable table, RunEstimator estimator, RunCatalogs catalogs)
    {
        var result = ValidationResult.Of(table, estimator);
        ImmutableArray<RunEstimated> timed = [.. result.Points.Where(point => point.StepError is not null)];
        var stacks = timed.GroupBy(point => point.Stack, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToList();
        if (stacks.Count > 1)
        {
            var counts = OneLine.List(stacks.Select(group => FormattableString.Invariant($"{group.Key} ({group.Count()} {(group.Count() == 1 ? "row" : "rows")})")));
            throw new InputException($"the rows are of several stacks: {counts}; a calibration makes one stack: keep the rows of one, or name the stack of all with --stack");
        }

        return new CalibrationRows(
            [.. timed.Select(point => KnownRun.Of(point, catalogs))],
            [
                .. result.Skipped
                    .Concat(result.Points.Where(point => point.StepError is null).Select(point => new SkippedRow(point.Run.Id, point.Run.Line, point.Run.Family, "no measured step")))
                    .OrderBy(row => row.Line),
            ],
            stacks.Count == 0 ? null : stacks[0].Key);
    }
}
