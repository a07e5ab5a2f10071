namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>
/// The files of planner solve and planner estimate, member by member: the one description of what <see cref="PlanFileWriter"/>, <see cref="FrontFileWriter"/>
/// and <see cref="SweepFileWriter"/> write. data/schema/plan.schema.json is written from it, and <see cref="PlanFileReader"/> knows by it what it does not know.
/// </summary>
internal static class PlanSchema
{
    public static NamedShape Plan { get; } = new("plan", Object(
        Needed("schema_version", CommonShapes.Version),
        Needed("request", RequestShapes.Request),
        Needed("inputs", RequestShapes.Inputs),
        Needed("solver", Maybe(Object(
            Needed("status", CommonShapes.Found),
            Needed("bound_s", NotNegative),
            Needed("gap", Number),
            Needed("candidates", Index),
            Needed("name", Name),
            Needed("version", Text),
            Optional("fastest_s", Positive, "Only under objective memory: the fastest step of the space."),
            Optional("memory_bound_gib", NotNegative, "Only under objective memory: no plan within the allowed step needs less."))), "null for an estimate of a placement given."),
        Needed("decisions", DecisionShapes.Decisions),
        Needed("estimate", EstimateShapes.Estimate),
        Needed("alternatives", Rows(CommonShapes.Alternative, most: 5)),
        Needed("tie_set", Object(
            Needed("within_percent", NotNegative),
            Needed("members", Rows(CommonShapes.Alternative)))),
        Optional("robustness", RobustShapes.Robustness),
        Needed("evidence", CommonShapes.Evidence),
        Needed("rejected", Map(Index), "Layouts removed, by reason."),
        Needed("findings", Rows(Object(
            Needed("level", Words<FindingLevel>(PlanWords.Of)),
            Needed("message", Name))))));

    public static string Json() => SchemaJson.Write(
        $"Plan of planner solve and planner estimate, version {PlanFileWriter.SchemaVersion}",
        [Plan, TableShapes.NoPlan, TableShapes.Front, TableShapes.Sweep],
        [
            CommonShapes.Version,
            CommonShapes.Digest,
            CommonShapes.Evidence,
            CommonShapes.Degrees,
            RequestShapes.Request,
            RequestShapes.SweepRequest,
            RequestShapes.Inputs,
            CommonShapes.Alternative,
            RobustShapes.Turn,
            RobustShapes.Robustness,
        ]);
}
