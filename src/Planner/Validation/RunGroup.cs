using System.Collections.Immutable;
using MathNet.Numerics.Statistics;

namespace Planner.Validation;

/// <summary>
/// Runs among which somebody would have to choose: same model, hardware and GPU count. They are compared by seconds a token, since batches may differ.
/// </summary>
/// <param name="Spearman">Rank correlation of estimates and measurements, equal values sharing their mean rank; null where either is the same for all.</param>
/// <param name="Regret">How much slower the run with the best estimate is than the fastest, in percent.</param>
public sealed record RunGroup(double? Spearman, double Regret)
{
    /// <summary>Fewer rows say little about an order.</summary>
    public const int LeastRows = 4;

    /// <summary>The groups among rows with a measured step.</summary>
    public static ImmutableArray<RunGroup> Among(IEnumerable<RunEstimated> timed) =>
    [
        .. timed.GroupBy(row => (row.Run.Model, row.Run.Hardware, row.Layout.Degrees.Gpus))
            .Where(group => group.Count() >= LeastRows)
            .Select(group => Of(
                [.. group.Select(row => row.Run.StepSeconds!.Value / row.Tokens)],
                [.. group.Select(row => row.PredictedStep / row.Tokens)])),
    ];

    /// <summary>A group from its figures.</summary>
    public static RunGroup Of(double[] measured, double[] predicted)
    {
        var correlation = Correlation.Spearman(measured, predicted);
        var picked = Array.IndexOf(predicted, predicted.Min());
        return new RunGroup(double.IsFinite(correlation) ? correlation : null, 100 * ((measured[picked] / measured.Min()) - 1));
    }
}
