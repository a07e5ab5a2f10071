using Planner.Cost.Layout;
using Planner.Search;

namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>What is written where the answer is not one plan.</summary>
internal static class TableShapes
{
    private static readonly string[] OfAPlan =
    [
        "degrees", "micro_batch", "schedule", "recompute", "sharding", "layout", "step_s", "peak_gib", "tokens_per_s", "tokens_per_gpu_per_s", "mfu", "efficiency",
        "gpu_hours_per_trillion_tokens", "evidence",
    ];

    private static readonly ObjectShape Row = Object(
        Needed("gpus", Count),
        Needed("global_batch", Count),
        Needed("tokens_per_step", Count),
        Needed("status", Words<ProofStatus>(PlanWords.Of)),
        Optional("reason", Name, "Only where there is no plan; the keys below are missing then."),
        Optional("degrees", CommonShapes.Degrees),
        Optional("micro_batch", Count),
        Optional("schedule", Text),
        Optional("recompute", Text),
        Optional("sharding", Words<Sharding>(PlanWords.Of)),
        Optional("layout", Text),
        Optional("step_s", Positive),
        Optional("peak_gib", Positive),
        Optional("tokens_per_s", Positive),
        Optional("tokens_per_gpu_per_s", Positive),
        Optional("mfu", Positive),
        Optional("efficiency", Positive, "Tokens a second and GPU against the first row with a plan."),
        Optional("gpu_hours_per_trillion_tokens", Positive),
        Optional("usd_per_trillion_tokens", NotNegative, "Only where the machine has a price."),
        Optional("run_days", NotNegative, "Only where the run's tokens are known."),
        Optional("evidence", CommonShapes.Evidence)) with
    {
        OneOf = [["reason"], [.. OfAPlan]],
    };

    public static NamedShape NoPlan { get; } = new("no_plan", Object(
        Needed("schema_version", CommonShapes.Version),
        Needed("solver", Object(
            Needed("status", Words(PlanWords.Of(ProofStatus.Infeasible))))),
        Needed("infeasible", Object(
            Needed("message", Name),
            Optional("excess_gib", NotNegative),
            Optional("rank", Index),
            Needed("rejected", Map(Index), "Layouts removed, by reason."),
            Needed("ways_out", Rows(Object(
                Needed("change", Name),
                Needed("cost", Text))))))));

    public static NamedShape Front { get; } = new("front", Object(
        Needed("schema_version", CommonShapes.Version),
        Needed("request", RequestShapes.Request),
        Needed("inputs", RequestShapes.Inputs),
        Needed("solver", Object(
            Needed("status", CommonShapes.Found),
            Needed("candidates", Index))),
        Needed("front", Rows(Object(
            Needed("degrees", CommonShapes.Degrees),
            Needed("micro_batch", Count),
            Needed("schedule", Text),
            Needed("recompute", Text),
            Needed("sharding", Words<Sharding>(PlanWords.Of)),
            Needed("layout", Text),
            Needed("step_s", Positive),
            Needed("peak_gib", Positive),
            Needed("mfu", Positive),
            Needed("bound_s", NotNegative),
            Needed("status", CommonShapes.Found),
            Needed("evidence", CommonShapes.Evidence)), least: 1), "Plans of which none is both faster and emptier than another, fastest first.")));

    public static NamedShape Sweep { get; } = new("sweep", Object(
        Needed("schema_version", CommonShapes.Version),
        Needed("request", RequestShapes.SweepRequest),
        Needed("sweep", Rows(Row, least: 2), "A cluster and batch a row, in the order asked.")));
}
