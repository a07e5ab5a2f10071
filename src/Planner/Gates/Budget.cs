using System.Collections.Immutable;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Gates;

/// <summary>A rule: what a metric of some plans may be.</summary>
/// <param name="Plans">Which plans; null for all.</param>
/// <param name="Metric">Metric.</param>
/// <param name="Level">What it means when the rule does not hold.</param>
/// <param name="Limits">What is allowed, one or more.</param>
internal sealed record BudgetRule(PathPattern? Plans, Metric Metric, RuleLevel Level, ImmutableArray<Limit> Limits);

/// <summary>The rules of a budget file, or those that hold without one.</summary>
/// <param name="File">The file; null for the default rules.</param>
/// <param name="Rules">Rules.</param>
internal sealed record Budget(string? File, ImmutableArray<BudgetRule> Rules)
{
    /// <summary>The file that is taken where it lies beside the plans.</summary>
    public const string UsualName = "planner.budget.json";

    /// <summary>Increases of a step up to these are noise.</summary>
    public static Increase StepNoise { get; } = new(1, 0.001);

    private static BudgetRule Step { get; } = new(null, MetricCatalog.Find("step_s")!, RuleLevel.Error, [StepNoise]);

    private static BudgetRule Memory { get; } = new(null, MetricCatalog.Find("memory_peak_gib")!, RuleLevel.Warning, [new Increase(2, null)]);

    private static BudgetRule NoTensor { get; } = new(null, MetricCatalog.Find("tp")!, RuleLevel.Warning, [new EqualTo(1)]);

    /// <summary>The rules that hold without a file. Tensor parallelism is fine where the request asked for it.</summary>
    public static Budget Default(PlanRequest request) => new(
        null, request.TensorPolicy == TensorPolicy.Avoid ? [Step, Memory, NoTensor] : [Step, Memory]);

    /// <summary>The rules that speak of a plan.</summary>
    public IEnumerable<BudgetRule> For(string plan)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(File ?? plan))!;
        var place = Path.GetRelativePath(folder, Path.GetFullPath(plan));
        return Rules.Where(rule => rule.Plans?.Matches(place) ?? true);
    }
}
