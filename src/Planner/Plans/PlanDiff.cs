using System.Collections.Immutable;
using Planner.Plans.Metrics;

namespace Planner.Plans;

/// <summary>What tells one plan from another: what was decided, what it costs, what it was made from.</summary>
/// <param name="Was">The old plan.</param>
/// <param name="Now">The new one.</param>
/// <param name="Decisions">Degrees and choices that differ.</param>
/// <param name="Stages">Stages that differ; empty where their number does.</param>
/// <param name="Experts">Layers whose experts lie on other ranks, where both plans place them on as many ranks.</param>
/// <param name="Metrics">Every metric that one of the two has.</param>
/// <param name="Inputs">Digests of inputs and fields of the request that differ.</param>
public sealed record PlanDiff(
    SavedPlan Was,
    SavedPlan Now,
    ImmutableArray<FieldChange> Decisions,
    ImmutableArray<StageChange> Stages,
    ImmutableArray<ExpertChange> Experts,
    ImmutableArray<MetricChange> Metrics,
    ImmutableArray<FieldChange> Inputs)
{
    // Asked for, but kept with what they cost.
    private const string TokensPath = "estimate.run.tokens";
    private const string LayoutPath = "decisions.layout";

    public bool Any => !Decisions.IsEmpty || !Stages.IsEmpty || !Experts.IsEmpty || !Inputs.IsEmpty || Metrics.Any(metric => metric.Differs);

    public static PlanDiff Of(SavedPlan was, SavedPlan now) => new(
        was,
        now,
        Fields(was, now, Decided),
        StageChange.Between(was, now),
        ExpertChange.Between(was.Experts, now.Experts),
        [.. MetricCatalog.All.Select(metric => Change(metric, was, now)).Where(change => change.Was is not null || change.Now is not null)],
        [
            .. Fields(was, now, path => path.StartsWith("request.", StringComparison.Ordinal)),
            .. Fields(was, now, path => path == TokensPath),
            .. Fields(was, now, path => path.StartsWith("inputs.", StringComparison.Ordinal)),
        ]);

    // The numbers of an expert placement are results.
    private static bool Decided(string path) =>
        path.StartsWith("decisions.", StringComparison.Ordinal)
        && (!path.StartsWith("decisions.experts.", StringComparison.Ordinal) || path is "decisions.experts.policy" or "decisions.experts.copies");

    private static ImmutableArray<FieldChange> Fields(SavedPlan was, SavedPlan now, Func<string, bool> wanted) =>
    [
        .. was.Outline.Paths.Union(now.Outline.Paths).Where(wanted)
            .Select(path => new FieldChange(path, Spelled(was, path), Spelled(now, path)))
            .Where(change => change.Was != change.Now),
    ];

    // A layout has many spellings.
    private static string? Spelled(SavedPlan plan, string path) =>
        path == LayoutPath ? JsonOutline.Quoted(LayoutString.Write(plan.Stages)) : plan.Outline.Json(path);

    private static MetricChange Change(Metric metric, SavedPlan was, SavedPlan now)
    {
        var (before, after) = (metric.In(was), metric.In(now));
        var unwritten = (before is null && was.SchemaVersion < now.SchemaVersion) || (after is null && now.SchemaVersion < was.SchemaVersion);
        return new MetricChange(metric, before, after, unwritten);
    }
}

/// <summary>A field of the plan file that differs.</summary>
/// <param name="Path">Its place.</param>
/// <param name="Was">JSON; null where the old file has none.</param>
/// <param name="Now">JSON; null where the new file has none.</param>
public sealed record FieldChange(string Path, string? Was, string? Now);

/// <summary>A metric of both plans.</summary>
/// <param name="Metric">Metric.</param>
/// <param name="Was">Null where the old plan has none.</param>
/// <param name="Now">Null where the new plan has none.</param>
/// <param name="Unwritten">One of the two is missing because its file is of an older schema: no difference of the plans.</param>
public sealed record MetricChange(Metric Metric, double? Was, double? Now, bool Unwritten)
{
    public bool Differs => !Unwritten && !Was.Equals(Now);

    public double? Difference => Now - Was;

    /// <summary>Change as a share of the old value; null where that is 0.</summary>
    public double? Share => Was == 0 ? null : (Now - Was) / Math.Abs(Was ?? double.NaN);

    /// <summary>Null where neither way is better or one is missing.</summary>
    public bool? Better => Was is { } was && Now is { } now ? Metric.Better(was, now) : null;
}
