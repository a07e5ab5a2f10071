using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Plans;
using Planner.Search;

namespace Planner.Reports;

/// <summary>A plan for people: the answer first, then where time and memory go, what was near, the proof; files last.</summary>
internal static class TextReport
{
    public static string Write(Plan plan, IReadOnlyCollection<string> written)
    {
        var lines = new TextLines();
        lines.Paragraph(Headline(plan.Request, plan.Machine, plan.Solver is null or { Status: ProofStatus.Optimal } || plan.Robustness?.Chosen is not null));
        lines.Sentence("batch", Batch(plan)).Line();
        Answer(lines, plan);
        lines.Line();
        CostText.Write(lines, plan);
        lines.Line();
        lines.Items("stages", StagesText.Of(plan));
        if (!plan.Layout.Recompute.Levels.IsEmpty) lines.Items("recompute", StagesText.Policies(plan));
        ExpertsText.Write(lines, plan);
        lines.Line();
        NeighboursText.Write(lines, plan);
        lines.Line();
        ProofText.Write(lines, plan);
        if (written.Count > 0) lines.Line().Sentence("written", string.Join(", ", written));
        return lines.ToString();
    }

    /// <summary>What was asked, on what, and whether the answer is proven.</summary>
    public static string Headline(PlanRequest request, MachineSpec machine, bool proven)
    {
        var nodes = (request.Gpus + machine.Node.Gpus - 1) / machine.Node.Gpus;
        return $"{request.Model} on {request.Gpus} x {request.Hardware} ({Quantity.Of(nodes, "node")}), {request.SequenceLength} tokens, "
            + $"batch {request.GlobalBatch}, {PlanWords.Of(request.Precision)}{(request.Trainable == Trainable.Lora ? ", lora" : "")}, stack {request.Stack}{(proven ? "" : ", not proven")}";
    }

    private static string Batch(Plan plan)
    {
        var request = plan.Request;
        var tokens = $"{request.GlobalBatch} x {request.SequenceLength} = {Quantity.Count((double)request.GlobalBatch * request.SequenceLength)} tokens a step";
        return plan.LargerBatch switch
        {
            null => tokens,
            { Fits: false } => tokens + "; twice as many: does not fit (same layout)",
            { Gain: var gain } => $"{tokens}; twice as many: {Quantity.Change(gain)} throughput (same layout)",
        };
    }

    private static void Answer(TextLines lines, Plan plan)
    {
        var layout = plan.Layout;
        var estimate = plan.Estimate;
        lines.Items("plan", LayoutText.Degrees(layout.Degrees));
        lines.Sentence(
            "",
            $"{layout.Schedule.Title}, micro-batch {layout.MicroBatch}, {layout.MicroBatches} micro-{(layout.MicroBatches == 1 ? "batch" : "batches")}, recompute {(layout.Recompute.Levels.IsEmpty ? layout.Recompute.Name : "by stage")}, "
            + $"sharding {PlanWords.Of(layout.Sharding)}");
        if (plan.Twin is { } twin) lines.Sentence("", "= " + twin);
        lines.Items(
            "step",
            [
                Quantity.Time(estimate.Step),
                $"{Quantity.Number(estimate.TokensPerGpuPerSecond)} tokens/s per gpu",
                $"{Quantity.Number(estimate.ModelFlopsPerGpu.Teraflops)} TFLOP/s per gpu",
                $"MFU {Quantity.Percent(estimate.Mfu)}",
            ]);
        var fullest = estimate.Fullest;
        lines.Items(
            "memory",
            [
                $"{Quantity.Gib(fullest.Total)} of {Quantity.Gib(plan.Request.MemoryLimit)} on the fullest gpu (pipeline rank {fullest.Rank})",
                $"headroom {Quantity.Gib(plan.Request.MemoryLimit - fullest.Total)}",
            ]);
        lines.Items("run", Run(plan));
        NodesText.Write(lines, plan);
    }

    private static IEnumerable<string> Run(Plan plan)
    {
        if (RunCost.Of(plan) is { } run)
        {
            yield return $"{Quantity.Count(run.Tokens)} tokens";
            yield return $"{Quantity.Number(run.Days)} days";
            yield return $"{Quantity.Count(run.GpuHours)} gpu-hours";
            if (run.Dollars is { } dollars) yield return $"{Quantity.Count(dollars)} USD";
        }

        yield return $"{Quantity.Count(plan.Estimate.GpuHoursPerTrillionTokens)} gpu-hours per 1T tokens";
    }
}
