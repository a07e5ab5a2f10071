using System.Collections.Immutable;

namespace Planner.Gates;

/// <summary>A plan and how it fares.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Rules">Every rule, in order.</param>
internal sealed record PlanCheck(Examined Plan, ImmutableArray<RuleResult> Rules)
{
    public Verdict Verdict { get; } = Rules.Where(rule => !rule.Passed).Select(rule => rule.Level).DefaultIfEmpty(RuleLevel.Notice).Min() switch
    {
        RuleLevel.Error => Verdict.Failed,
        RuleLevel.Warning => Verdict.Warning,
        _ => Verdict.Passed,
    };

    public bool Infeasible { get; } = Rules.Any(rule => rule.Infeasible);

    /// <summary>What the file gets; null where it stays as it is.</summary>
    public PlanUpdate? Update { get; init; }

    /// <summary>Rules that do not hold, errors first.</summary>
    public IEnumerable<RuleResult> Broken => Rules.Where(rule => !rule.Passed).OrderBy(rule => rule.Level);

    public static PlanCheck Of(Examined plan) => new(plan, Gate.Judge(plan));

    /// <summary>The line of the plan file that a rule is about: of its member, or of the nearest around it.</summary>
    public int Line(RuleResult rule)
    {
        for (var place = rule.Place; place.Length > 0; place = place[..Math.Max(0, place.LastIndexOf('.'))])
            if (Plan.Recorded.Line(place) is { } line) return line;
        return 1;
    }
}
