using System.Collections.Immutable;
using MathNet.Numerics.Statistics;

namespace Planner.Validation;

/// <summary>How near the estimates of some rows come. Errors are in percent of the measured figure; null where no row has what they need.</summary>
/// <param name="Name">Of the rows: a family, a level of confidence, or all.</param>
/// <param name="Rows">Rows with a measured step.</param>
/// <param name="Mape">Mean absolute error of the step.</param>
/// <param name="MedianApe">Median absolute error.</param>
/// <param name="Bias">Mean signed error; above 0 the estimates are too slow.</param>
/// <param name="MaxApe">Largest absolute error.</param>
/// <param name="WorstId">The row of the largest; null without one.</param>
/// <param name="Spearman">Rank correlation of seconds a token inside the groups, mean over groups.</param>
/// <param name="Regret">How much slower than a group's fastest run the one is that the estimates would have picked, mean over groups.</param>
/// <param name="Groups">Groups of the two above: same model, hardware and GPU count, four rows or more.</param>
/// <param name="MemoryRows">Rows with a measured memory.</param>
/// <param name="MemoryMape">Mean absolute error of the memory.</param>
/// <param name="MemoryMax">Largest absolute error of the memory.</param>
public sealed record Score(
    string Name,
    int Rows,
    double? Mape,
    double? MedianApe,
    double? Bias,
    double? MaxApe,
    string? WorstId,
    double? Spearman,
    double? Regret,
    int Groups,
    int MemoryRows,
    double? MemoryMape,
    double? MemoryMax)
{
    /// <summary>The score of some rows.</summary>
    public static Score Of(string name, ImmutableArray<RunEstimated> rows)
    {
        var timed = rows.Where(row => row.StepError is not null).ToList();
        var errors = timed.Select(row => row.StepError!.Value).ToList();
        var absolute = errors.Select(Math.Abs).ToList();
        var memory = rows.Select(row => row.MemoryError).OfType<double>().Select(Math.Abs).ToList();
        var groups = RunGroup.Among(timed);
        var correlations = groups.Select(group => group.Spearman).OfType<double>().ToList();
        var worst = timed.MaxBy(row => Math.Abs(row.StepError!.Value));
        return new Score(
            name,
            timed.Count,
            MeanOf(absolute),
            absolute.Count > 0 ? absolute.Median() : null,
            MeanOf(errors),
            absolute.Count > 0 ? absolute.Max() : null,
            worst?.Run.Id,
            MeanOf(correlations),
            MeanOf([.. groups.Select(group => group.Regret)]),
            groups.Length,
            memory.Count,
            MeanOf(memory),
            memory.Count > 0 ? memory.Max() : null);
    }

    private static double? MeanOf(List<double> values) => values.Count > 0 ? values.Average() : null;
}
