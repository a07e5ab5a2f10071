using Planner.Search;

namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>What several sections share.</summary>
internal static class CommonShapes
{
    public static NamedShape Version { get; } = new("schema_version", Pattern(@"^1\.[0-9]+$"));

    public static NamedShape Digest { get; } = new("digest", Pattern("^[0-9a-f]{64}$"));

    public static NamedShape Evidence { get; } = new("evidence", Words<Evidence>(PlanWords.Of));

    public static NamedShape Degrees { get; } = new("degrees", Object(
        Needed("dp", Count),
        Needed("tp", Count),
        Needed("pp", Count),
        Needed("ep", Count),
        Needed("etp", Count),
        Needed("cp", Count),
        Needed("vpp", Count)));

    public static NamedShape Alternative { get; } = new("alternative", Object(
        Needed("degrees", Degrees),
        Needed("schedule", Name),
        Needed("micro_batch", Count),
        Needed("recompute", Name),
        Needed("step_s", Positive),
        Needed("peak_gib", Positive),
        Needed("evidence", Evidence)));

    /// <summary>Status of a plan.</summary>
    public static Shape Found { get; } = Words(PlanWords.Of(ProofStatus.Optimal), PlanWords.Of(ProofStatus.Feasible));
}
