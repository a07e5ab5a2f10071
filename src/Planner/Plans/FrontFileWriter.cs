using System.Text.Json;
using Planner.Search;

namespace Planner.Plans;

/// <summary>Writes a front as JSON, in the words of the plan file; data/schema/plan.schema.json describes it too.</summary>
public static class FrontFileWriter
{
    public static string Write(Front front) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", PlanFileWriter.SchemaVersion);
        json.Object("request", inner => PlanFileWriter.Request(inner, front.Request));
        json.Object("inputs", inner => PlanFileWriter.Inputs(inner, front.Inputs));
        json.Object("solver", inner =>
        {
            inner.WriteString("status", PlanWords.Of(front.Complete && front.Points.All(point => point.Proven) ? ProofStatus.Optimal : ProofStatus.Feasible));
            inner.WriteNumber("candidates", front.Candidates);
        });
        json.Rows("front", front.Points, Point);
    });

    private static void Point(Utf8JsonWriter json, FrontMember point)
    {
        json.Object("degrees", inner => PlanFileWriter.Degrees(inner, point.Layout.Degrees));
        json.WriteNumber("micro_batch", point.Layout.MicroBatch);
        json.WriteString("schedule", point.Layout.Schedule.Name);
        json.WriteString("recompute", point.Layout.Recompute.Name);
        json.WriteString("sharding", PlanWords.Of(point.Layout.Sharding));
        json.WriteString("layout", LayoutString.Write(point.Stages));
        json.Rounded("step_s", point.Estimate.Step.Value);
        json.Rounded("peak_gib", point.Estimate.Fullest.Total.Gib);
        json.Rounded("mfu", point.Estimate.Mfu);
        json.Rounded("bound_s", point.Bound.Value);
        json.WriteString("status", PlanWords.Of(point.Proven ? ProofStatus.Optimal : ProofStatus.Feasible));
        json.WriteString("evidence", PlanWords.Of(point.Evidence));
    }
}
