namespace Planner.Plans.Metrics;

/// <summary>Which way a metric gets better.</summary>
public enum Direction
{
    LowerIsBetter,
    HigherIsBetter,

    /// <summary>A change is neither good nor bad.</summary>
    Neither,
}

/// <summary>A number of a plan that can be compared and guarded.</summary>
/// <param name="Name">Name in budgets and reports: snake_case, with the unit where it has one.</param>
/// <param name="Path">Its place in the plan file, members joined by dots.</param>
/// <param name="Unit">Unit; empty for a share, a ratio or a count.</param>
/// <param name="Direction">Which way it gets better.</param>
/// <param name="Explanation">One line.</param>
public sealed record Metric(string Name, string Path, string Unit, Direction Direction, string Explanation)
{
    private readonly Func<SavedPlan, double?>? of;

    internal Metric(string name, string path, string unit, Direction direction, string explanation, Func<SavedPlan, double?> of)
        : this(name, path, unit, direction, explanation) => this.of = of;

    /// <summary>The number that the file holds; null where it has none.</summary>
    public double? In(SavedPlan plan) => of is null ? plan.Number(Path) : of(plan);

    /// <summary>Whether one value is better than another; null where they are equal or neither way is better.</summary>
    public bool? Better(double was, double now) => Direction == Direction.Neither || was.Equals(now) ? null : now < was == (Direction == Direction.LowerIsBetter);
}
