using System.CommandLine;
using System.Globalization;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Commands;

/// <summary>The options of solve that say what the best plan is.</summary>
internal sealed class ChoiceOptions
{
    /// <summary>Share above the fastest step up to which emptier plans are of interest, unless the request says else.</summary>
    public const double DefaultIncrease = 0.5;

    private const double MostPercent = 400;

    public Option<Objective?> Objective { get; } = OptionKinds.Word<Objective>(
        "--objective",
        PlanWords.Of,
        "What is minimised: time, memory a GPU within --max-step-increase, or pareto for every trade of one against the other (default: time).");

    public Option<double?> StepIncrease { get; } = new("--max-step-increase")
    {
        Description = "Objectives memory and pareto: how much longer than the fastest a step may be, 0% to 400% (default: 50%).",
        HelpName = "PERCENT",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            var digits = given.EndsWith('%') ? given[..^1] : given;
            if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= MostPercent)
                return percent / 100;
            result.AddError($"--max-step-increase: '{given}' is not allowed; give a percentage from 0% to {PlanWords.Of((int)MostPercent)}%, for example 5%");
            return null;
        },
    };

    public Option<bool> Robust { get; } = new("--robust")
    {
        Description = "Take the layout with the smallest worst regret when the constants of stack and machine vary in their ranges, not the fastest (default: no).",
    };

    public IEnumerable<Option> All => [Objective, StepIncrease, Robust];

    /// <summary>The request with these choices.</summary>
    public SolveRequest Read(ParseResult parse, SolveRequest request)
    {
        var objective = parse.GetValue(Objective) ?? Plans.Objective.Time;
        var increase = parse.GetValue(StepIncrease);
        if (increase is not null && objective == Plans.Objective.Time)
            throw new RefusedException("--max-step-increase goes with --objective memory or --objective pareto; the fastest plan has no longer step");
        if (request.Audit && objective != Plans.Objective.Time)
            throw new RefusedException($"--audit goes with --objective time; a front has no joint model");
        if (request.Points.Length > 1 && (objective != Plans.Objective.Time || request.Audit))
            throw new RefusedException($"several --gpus or --batch are planned for the fastest step; give one of each to {(request.Audit ? "--audit" : "--objective " + PlanWords.Of(objective))}");
        var robust = parse.GetValue(Robust);
        if (robust && (objective != Plans.Objective.Time || request.Points.Length > 1))
            throw new RefusedException("--robust goes with --objective time, one --gpus and one --batch");
        return request with { Robust = robust, Objective = objective, StepIncrease = objective == Plans.Objective.Time ? 0 : increase ?? DefaultIncrease };
    }
}
