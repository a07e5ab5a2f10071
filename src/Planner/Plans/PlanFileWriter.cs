using System.Text.Json;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>Writes a plan as JSON: fixed keys in a fixed order, nothing of the time or the machine it was made on.</summary>
public static class PlanFileWriter
{
    /// <summary>A new key raises the minor version, a changed meaning the major one; <see cref="Schema.PlanSchema"/> describes it.</summary>
    public const string SchemaVersion = "1.1";

    public static string Write(Plan plan) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", SchemaVersion);
        json.Object("request", inner => Request(inner, plan.Request));
        json.Object("inputs", inner => Inputs(inner, plan.Inputs));
        if (plan.Solver is { } solver) json.Object("solver", inner => Solver(inner, solver));
        else json.WriteNull("solver");
        json.Object("decisions", inner => Decisions(inner, plan));
        json.Object("estimate", inner => Estimate(inner, plan));
        json.Rows("alternatives", plan.Alternatives, Alternative);
        json.Object("tie_set", inner =>
        {
            inner.Rounded("within_percent", plan.TieWithin * 100);
            inner.Rows("members", plan.TieSet, Alternative);
        });
        if (plan.Robustness is { } robust) json.Object("robustness", inner => RobustJson.Write(inner, robust));
        json.WriteString("evidence", PlanWords.Of(plan.Evidence));
        json.Object("rejected", inner =>
        {
            foreach (var (reason, count) in plan.Rejected) inner.WriteNumber(reason, count);
        });
        json.Rows("findings", plan.Findings, (row, finding) =>
        {
            row.WriteString("level", PlanWords.Of(finding.Level));
            row.WriteString("message", finding.Message);
        });
    });

    internal static void Inputs(Utf8JsonWriter json, PlanInputs inputs)
    {
        json.WriteString("model", inputs.Model);
        json.WriteString("hardware", inputs.Hardware);
        json.WriteString("stack", inputs.Stack);
        if (inputs.Loads is { } loads) json.WriteString("loads", loads);
        if (inputs.Pairs is { } pairs) json.WriteString("pairs", pairs);
    }

    // What changes the numbers but was left at its default is not written.
    internal static void Request(Utf8JsonWriter json, PlanRequest request, bool counts = true)
    {
        json.WriteString("model", request.Model);
        json.WriteString("hardware", request.Hardware);
        json.WriteString("stack", request.Stack);
        if (counts) json.WriteNumber("gpus", request.Gpus);
        json.WriteNumber("sequence_length", request.SequenceLength);
        if (counts) json.WriteNumber("global_batch", request.GlobalBatch);
        json.WriteString("precision", PlanWords.Of(request.Precision));
        json.WriteString("tp_policy", PlanWords.Of(request.TensorPolicy));
        json.Object("pins", inner =>
        {
            foreach (var (name, values) in request.Pins) inner.Words(name, values);
        });
        json.Rounded("memory_limit_gib", request.MemoryLimit.Gib);
        json.WriteString("objective", PlanWords.Of(request.Objective));
        if (request.Objective != Objective.Time) json.Rounded("max_step_increase_percent", request.StepIncrease * 100);
        if (request.Trainable != Trainable.All) json.WriteString("train", PlanWords.Of(request.Trainable));
        if (request.LoadFactor is { } factor) json.Rounded("load_factor", factor);
        if (request.Experts is { } experts)
        {
            json.WriteString("loads", experts.Loads);
            if (experts.Workload is { } workload) json.WriteString("workload", workload);
            if (experts.Replicas > 0) json.WriteNumber("replicas", experts.Replicas);
            if (experts.Pairs is { } pairs) json.WriteString("pairs", pairs);
        }

        if (!request.Nodes.Excluded.IsEmpty) json.Words("excluded_nodes", request.Nodes.Excluded.Select(PlanWords.Of));
        if (request.Nodes.Spares > 0) json.WriteNumber("spare_nodes", request.Nodes.Spares);
        if (request.Robust) json.WriteBoolean("robust", true);
        if (request.Extrapolate) json.WriteBoolean("extrapolate", true);
    }

    private static void Solver(Utf8JsonWriter json, SolverReport solver)
    {
        json.WriteString("status", PlanWords.Of(solver.Status));
        json.Rounded("bound_s", solver.Bound.Value);
        json.Rounded("gap", solver.Gap);
        json.WriteNumber("candidates", solver.Candidates);
        json.WriteString("name", solver.Name);
        json.WriteString("version", solver.Version);
        if (solver.Memory is not { } memory) return;
        json.Rounded("fastest_s", memory.Fastest.Value);
        json.Rounded("memory_bound_gib", memory.Bound.Gib);
    }

    private static void Decisions(Utf8JsonWriter json, Plan plan)
    {
        var layout = plan.Layout;
        json.Object("degrees", inner => Degrees(inner, layout.Degrees));
        json.WriteNumber("micro_batch", layout.MicroBatch);
        json.WriteNumber("micro_batches", layout.MicroBatches);
        json.WriteString("schedule", layout.Schedule.Name);
        json.WriteString("recompute", layout.Recompute.Name);
        json.WriteString("sharding", PlanWords.Of(layout.Sharding));
        json.WriteString("layout", LayoutString.Write(plan.Stages));
        json.Rows("stages", plan.Estimate.Stages, (row, stage) =>
        {
            row.WriteNumber("stage", stage.Stage);
            row.WriteNumber("rank", stage.Rank);
            row.WriteNumber("chunk", stage.Chunk);
            row.WriteNumber("first_layer", stage.FirstLayer);
            row.WriteNumber("last_layer", stage.LastLayer);
            row.WriteString("layers", stage.Letters);
            row.WriteString("recompute", layout.Recompute.Of(stage.Content).Name);
            row.Rounded("memory_gib", stage.Memory.Gib);
            row.Rounded("forward_s", stage.Forward.Value);
            row.Rounded("backward_s", stage.BackwardInput.Value);
            row.Rounded("weight_s", stage.Weight.Value);
        });
        json.Object("experts", inner => ExpertsJson.Write(inner, plan));
    }

    // Experts are not cut by tensor parallelism here, so their tensor degree is 1; trainers left without it take tp.
    internal static void Degrees(Utf8JsonWriter json, Degrees degrees)
    {
        json.WriteNumber("dp", degrees.Data);
        json.WriteNumber("tp", degrees.Tensor);
        json.WriteNumber("pp", degrees.Pipeline);
        json.WriteNumber("ep", degrees.Expert);
        json.WriteNumber("etp", 1);
        json.WriteNumber("cp", degrees.Context);
        json.WriteNumber("vpp", degrees.Virtual);
    }

    private static void Estimate(Utf8JsonWriter json, Plan plan)
    {
        var estimate = plan.Estimate;
        json.Rounded("step_s", estimate.Step.Value);
        json.Object("step_parts", inner => Parts(inner, estimate.Parts));
        json.Rounded("bubble_fraction", estimate.Parts.Bubble / estimate.Step);
        json.Rounded("exposed_comm_s", estimate.ExposedCommunication.Value);
        json.Rounded("stage_imbalance", estimate.StageImbalance);
        if (estimate.ExpertLoad is { } load) json.Rounded("expert_imbalance", load);
        json.Rounded("inter_node_gb_per_step", plan.Traffic.Sum(row => row.Network.Value) / 1e9);
        json.Object("memory", inner => Memory(inner, estimate.Fullest, plan.Request.MemoryLimit));
        json.WriteNumber("tokens_per_step", (long)plan.Request.GlobalBatch * plan.Request.SequenceLength);
        if (plan.LargerBatch is { } larger)
        {
            json.Object("twice_the_batch", inner =>
            {
                inner.WriteNumber("global_batch", larger.Batch);
                inner.Rounded("step_s", larger.Step.Value);
                inner.Rounded("throughput_gain", larger.Gain);
                inner.WriteBoolean("fits", larger.Fits);
            });
        }

        json.Rounded("tokens_per_gpu_per_s", estimate.TokensPerGpuPerSecond);
        json.Rounded("model_tflops_per_gpu", estimate.ModelFlopsPerGpu.Teraflops);
        json.Rounded("mfu", estimate.Mfu);
        json.Rounded("gpu_hours_per_trillion_tokens", estimate.GpuHoursPerTrillionTokens);
        if (RunCost.Of(plan) is { } run)
        {
            json.Object("run", inner =>
            {
                inner.Rounded("tokens", run.Tokens);
                inner.Rounded("days", run.Days);
                inner.Rounded("gpu_hours", run.GpuHours);
                if (run.Dollars is { } dollars) inner.Rounded("cost_usd", dollars);
            });
        }

        json.WriteNumber("assumed_constants", AssumedConstants.Of(plan).Count());
    }

    private static void Parts(Utf8JsonWriter json, StepParts parts)
    {
        json.Rounded("forward_s", parts.Forward.Value);
        json.Rounded("backward_s", parts.BackwardInput.Value);
        json.Rounded("weight_s", parts.Weight.Value);
        json.Rounded("overlapped_s", parts.Overlapped.Value);
        json.Rounded("bubble_s", parts.Bubble.Value);
        json.Rounded("data_parallel_s", parts.DataParallel.Value);
        json.Rounded("optimizer_s", parts.Optimizer.Value);
    }

    private static void Memory(Utf8JsonWriter json, RankMemory memory, Bytes limit)
    {
        json.Rounded("peak_gib", memory.Total.Gib);
        json.Rounded("limit_gib", limit.Gib);
        json.Rounded("headroom_gib", limit.Gib - memory.Total.Gib);
        json.WriteNumber("rank", memory.Rank);
        json.Object("parts", inner =>
        {
            inner.Rounded("weights_gib", memory.Weights.Gib);
            inner.Rounded("gradients_gib", memory.Gradients.Gib);
            inner.Rounded("optimizer_gib", memory.Optimizer.Gib);
            inner.Rounded("activations_gib", memory.Activations.Gib);
            inner.Rounded("transient_gib", memory.Transient.Gib);
            inner.Rounded("reserve_gib", memory.Reserve.Gib);
        });
    }

    private static void Alternative(Utf8JsonWriter json, Alternative alternative)
    {
        json.Object("degrees", inner => Degrees(inner, alternative.Layout.Degrees));
        json.WriteString("schedule", alternative.Layout.Schedule.Name);
        json.WriteNumber("micro_batch", alternative.Layout.MicroBatch);
        json.WriteString("recompute", alternative.Layout.Recompute.Name);
        json.Rounded("step_s", alternative.Step.Value);
        json.Rounded("peak_gib", alternative.Peak.Gib);
        json.WriteString("evidence", PlanWords.Of(alternative.Evidence));
    }
}
