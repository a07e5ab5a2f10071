using System.Text.Json;

namespace Planner.Plans;

/// <summary>Writes a sweep as JSON, in the words of the plan file; data/schema/plan.schema.json describes it too.</summary>
public static class SweepFileWriter
{
    public static string Write(Sweep sweep) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", PlanFileWriter.SchemaVersion);
        json.Object("request", inner => PlanFileWriter.Request(inner, sweep.Request, counts: false));
        json.Rows("sweep", sweep.Rows, (row, member) => Row(row, sweep, member));
    });

    private static void Row(Utf8JsonWriter json, Sweep sweep, SweepRow row)
    {
        json.WriteNumber("gpus", row.Gpus);
        json.WriteNumber("global_batch", row.Batch);
        json.WriteNumber("tokens_per_step", row.Tokens(sweep.Request.SequenceLength));
        json.WriteString("status", PlanWords.Of(row.Status));
        if (row.Plan is not { } plan)
        {
            json.WriteString("reason", row.Reason);
            return;
        }

        json.Object("degrees", inner => PlanFileWriter.Degrees(inner, plan.Layout.Degrees));
        json.WriteNumber("micro_batch", plan.Layout.MicroBatch);
        json.WriteString("schedule", plan.Layout.Schedule.Name);
        json.WriteString("recompute", plan.Layout.Recompute.Name);
        json.WriteString("sharding", PlanWords.Of(plan.Layout.Sharding));
        json.WriteString("layout", LayoutString.Write(plan.Stages));
        var estimate = plan.Estimate;
        json.Rounded("step_s", estimate.Step.Value);
        json.Rounded("peak_gib", estimate.Fullest.Total.Gib);
        json.Rounded("tokens_per_s", estimate.TokensPerGpuPerSecond * row.PlanGpus);
        json.Rounded("tokens_per_gpu_per_s", estimate.TokensPerGpuPerSecond);
        json.Rounded("mfu", estimate.Mfu);
        json.Rounded("efficiency", sweep.Efficiency(row)!.Value);
        json.Rounded("gpu_hours_per_trillion_tokens", estimate.GpuHoursPerTrillionTokens);
        if (plan.Machine.PricePerGpuHour is { } price) json.Rounded("usd_per_trillion_tokens", price * estimate.GpuHoursPerTrillionTokens);
        if (RunCost.Of(plan) is { } run) json.Rounded("run_days", run.Days);
        json.WriteString("evidence", PlanWords.Of(plan.Evidence));
    }
}
