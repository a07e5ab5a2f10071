using System.Collections.Immutable;

namespace Planner.Plans.Metrics;

/// <summary>Every metric, in the order of reports. The list is closed: a budget that names another is refused.</summary>
public static class MetricCatalog
{
    public static ImmutableArray<Metric> All { get; } =
    [
        new("step_s", "estimate.step_s", "s", Direction.LowerIsBetter, "One training step."),
        new("tokens_per_gpu_per_s", "estimate.tokens_per_gpu_per_s", "tokens/s", Direction.HigherIsBetter, "Throughput of a GPU of the plan."),
        new("mfu", "estimate.mfu", "", Direction.HigherIsBetter, "Model FLOPs over the dense BF16 peak, a share."),
        new("memory_peak_gib", "estimate.memory.peak_gib", "GiB", Direction.LowerIsBetter, "Peak memory of the fullest GPU."),
        new("memory_headroom_gib", "estimate.memory.headroom_gib", "GiB", Direction.HigherIsBetter, "Memory limit less the peak."),
        new("bubble_s", "estimate.step_parts.bubble_s", "s", Direction.LowerIsBetter, "Idle time of the pipeline, mean over ranks."),
        new("bubble_fraction", "estimate.bubble_fraction", "", Direction.LowerIsBetter, "The same as a share of the step."),
        new("exposed_comm_s", "estimate.exposed_comm_s", "s", Direction.LowerIsBetter, "Communication that no compute hides, mean over ranks; waiting for a hand-over is bubble."),
        new("stage_imbalance", "estimate.stage_imbalance", "", Direction.LowerIsBetter, "Busy time of the busiest pipeline rank over the mean; 1 is even."),
        new("expert_imbalance", "estimate.expert_imbalance", "", Direction.LowerIsBetter, "Tokens of the busiest expert rank over the mean, as the estimate took it; 1 is even. Models with experts only."),
        new("inter_node_gb_per_step", "estimate.inter_node_gb_per_step", "GB", Direction.LowerIsBetter, "1e9 bytes that a GPU sends out of its node (the domain that NVLink joins) in a step, mean."),
        new("gpus", "decisions.degrees", "", Direction.LowerIsBetter, "GPUs that the plan takes: dp x tp x pp x cp.", plan => plan.Degrees.Gpus),
        new("tp", "decisions.degrees.tp", "", Direction.LowerIsBetter, "Tensor-parallel degree."),
        new("optimality_gap", "solver.gap", "", Direction.LowerIsBetter, "How far the step may be above the best of the space, a share; a searched plan only."),
    ];

    /// <summary>The metric of a name; null where there is none.</summary>
    public static Metric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
