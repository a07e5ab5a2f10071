using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.Statistics;
using Planner.Cost.Stacks;
using Planner.Validation;

namespace Planner.Calibration;

/// <summary>
/// Turns measured runs into constants of a stack: one after the other in a fixed order, each only where the runs can tell it and where the error on
/// held-out runs falls by the margin and by more than chance.
/// </summary>
public sealed class Calibrator
{
    /// <summary>Fewer runs set nothing, and a constant that fewer runs notice is not set.</summary>
    public const int LeastRuns = 5;

    /// <summary>One more constant for so many runs.</summary>
    public const int RunsAConstant = 10;

    /// <summary>Points of held-out error that a constant must take away.</summary>
    public const double Margin = 0.3;

    /// <summary>And so many standard errors of those points over the runs.</summary>
    public const double MarginErrors = 1.5;

    private readonly Responses responses;
    private readonly StepFit fit;
    private readonly CrossValidation validation;
    private readonly StackSpec stack;
    private readonly ImmutableArray<int> all;
    private readonly List<ConstantOutcome> outcomes = [];
    private ImmutableArray<TunableConstant> kept = [];
    private FittedStack? best;
    private FittedStack? attempt;

    private Calibrator(RunEstimator estimator, StackSpec stack, ImmutableArray<KnownRun> runs)
    {
        this.stack = stack;
        responses = new Responses(estimator, stack, runs);
        fit = new StepFit(responses);
        validation = new CrossValidation(responses);
        all = [.. Enumerable.Range(0, runs.Length)];
    }

    /// <summary>Constants that so many runs support: one from five on, one more for every ten.</summary>
    public static int Supported(int runs) => runs < LeastRuns ? 0 : 1 + (runs / RunsAConstant);

    /// <summary>Calibrates a stack.</summary>
    /// <param name="estimator">Estimates the runs; all of them with this stack.</param>
    /// <param name="stack">The stack that they have.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="runs">Runs to learn from.</param>
    /// <param name="leftOut">Rows that cannot be learned from.</param>
    public static CalibrationResult Run(
        RunEstimator estimator, StackSpec stack, int rows, ImmutableArray<KnownRun> runs, ImmutableArray<SkippedRow> leftOut)
    {
        var calibrator = new Calibrator(estimator, stack, runs);
        var supported = Supported(runs.Length);
        var error = Errors.Mape(runs, [.. runs.Select(run => run.Default.PredictedStep)]);
        foreach (var constant in TunableConstants.Of(stack, runs)) calibrator.Try(constant, supported);
        return new CalibrationResult(
            stack,
            rows,
            runs,
            leftOut,
            supported,
            [.. calibrator.outcomes],
            error,
            calibrator.best ?? calibrator.attempt,
            calibrator.best is not null);
    }

    private void Try(TunableConstant constant, int supported)
    {
        if (Refusal(constant, supported) is { } refusal)
        {
            outcomes.Add(Outcome(constant, null, null, null, refusal));
            return;
        }

        var together = kept.Add(constant);
        var values = fit.Values(together, all);
        if (AtLimit(together, values) is { } limit)
        {
            outcomes.Add(Outcome(constant, values[^1], null, null, limit));
            return;
        }

        var steps = responses.Steps(together, values, all);
        var tried = new FittedStack(
            [.. together.SelectMany((one, k) => one.Fields(stack, values[k]))], [.. steps], Errors.Mape(responses.Runs, steps), validation.Of(together));
        var bought = Bought(tried);
        var spread = tried.HeldOut.Spread(together.Length - 1);
        if (attempt is null || tried.HeldOut.Mape < attempt.HeldOut.Mape) attempt = tried;
        if (TooLittle(bought) is { } little)
        {
            outcomes.Add(Outcome(constant, values[^1], spread, bought, little));
            return;
        }

        (kept, best) = (together, tried);
        for (var k = 0; k < kept.Length - 1; k++) Update(kept[k].Path, values[k], tried.HeldOut.Spread(k));
        outcomes.Add(Outcome(constant, values[^1], spread, bought, null));
    }

    // Against the constants kept so far, or none: the mean over the runs of what their held-out errors lose, and the standard error of that mean.
    private (double Points, double Scatter) Bought(FittedStack tried)
    {
        double[] gains = [.. responses.Runs.Select((run, i) =>
            Errors.Percent(run, best?.HeldOut.Steps[i] ?? run.Default.PredictedStep) - Errors.Percent(run, tried.HeldOut.Steps[i]))];
        return (gains.Average(), gains.StandardDeviation() / Math.Sqrt(gains.Length));
    }

    private static string? TooLittle((double Points, double Scatter) bought)
    {
        var (points, scatter) = bought;
        if (points < 0) return Text($"it makes the held-out error {-points:0.0} points worse");
        if (points < Margin) return Text($"it takes {points:0.0} points off the held-out error, less than {Margin}");
        return points < MarginErrors * scatter
            ? Text($"the {points:0.0} points that it takes off the held-out error may be chance: less than {MarginErrors} standard errors of {scatter:0.0}")
            : null;
    }

    private string? Refusal(TunableConstant constant, int supported)
    {
        if (constant.Rows.IsEmpty) return constant.NoRows;
        if (supported == 0) return Text($"{responses.Runs.Length} usable rows; a fit needs {LeastRuns}");
        if (constant.Rows.Length < LeastRuns)
            return Text($"{constant.Rows.Length} {(constant.Rows.Length == 1 ? "row concerns" : "rows concern")} it; a constant needs {LeastRuns}");
        if (kept.Length >= supported)
            return Text($"{responses.Runs.Length} rows support {supported} {(supported == 1 ? "constant" : "constants")}, which {(supported == 1 ? "is" : "are")} taken");
        var move = Identification.Move(responses, constant, all);
        if (move < Identification.LeastMove)
            return Text($"the rows hardly notice it: steps move by {100 * move:0.0} % ({100 * Identification.LeastMove:0.0} needed)");
        var own = Identification.OwnMove(responses, constant, kept, all);
        return own < Identification.LeastOwnMove
            ? Text($"the rows cannot tell it from those already kept: {100 * own:0.0} % of its own ({100 * Identification.LeastOwnMove:0.0} needed)")
            : null;
    }

    private string? AtLimit(ImmutableArray<TunableConstant> constants, double[] values)
    {
        for (var k = constants.Length - 1; k >= 0; k--)
        {
            if (constants[k].LimitAt(values[k]) is not { } limit) continue;
            return values[k] == responses.Default(constants[k])
                ? Text($"the fit leaves it where it is, on the limit {limit} of its range")
                : Text($"the fit ends on the limit {limit} of {(k == constants.Length - 1 ? "its range" : constants[k].Path)}: something else is wrong");
        }

        return null;
    }

    private void Update(string path, double value, double spread)
    {
        var at = outcomes.FindIndex(outcome => outcome.Path == path);
        outcomes[at] = outcomes[at] with { After = value, Spread = spread };
    }

    private ConstantOutcome Outcome(TunableConstant constant, double? after, double? spread, (double Points, double Error)? bought, string? reason)
    {
        var before = stack.Constants.FirstOrDefault(one => one.Path == constant.Path)?.Kind;
        return new ConstantOutcome(constant.Path, responses.Default(constant), before, after, spread, bought?.Points, bought?.Error, reason);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
