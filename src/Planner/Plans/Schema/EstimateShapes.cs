namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>Section estimate of a plan.</summary>
internal static class EstimateShapes
{
    public static Shape Estimate { get; } = Object(
        Needed("step_s", Positive),
        Needed("step_parts", Object(
            Needed("forward_s", NotNegative),
            Needed("backward_s", NotNegative),
            Needed("weight_s", NotNegative),
            Needed("overlapped_s", NotNegative),
            Needed("bubble_s", NotNegative),
            Needed("data_parallel_s", NotNegative),
            Needed("optimizer_s", NotNegative)), "Mean over pipeline ranks; adds up to step_s."),
        Optional("bubble_fraction", Share, "step_parts.bubble_s over step_s; from 1.1 on, as the next four."),
        Optional("exposed_comm_s", NotNegative, "Communication that no compute hides, mean over ranks."),
        Optional("stage_imbalance", Factor, "Busy time of the busiest pipeline rank over the mean."),
        Optional("expert_imbalance", Factor, "Tokens of the busiest expert rank over the mean; only for models with experts."),
        Optional("inter_node_gb_per_step", NotNegative, "1e9 bytes that a GPU sends out of its node in a step, mean."),
        Needed("memory", Object(
            Needed("peak_gib", Positive),
            Needed("limit_gib", Positive),
            Optional("headroom_gib", Number, "limit_gib less peak_gib; from 1.1 on."),
            Needed("rank", Index),
            Needed("parts", Object(
                Needed("weights_gib", NotNegative),
                Needed("gradients_gib", NotNegative),
                Needed("optimizer_gib", NotNegative),
                Needed("activations_gib", NotNegative),
                Needed("transient_gib", NotNegative),
                Needed("reserve_gib", NotNegative)), "Adds up to peak_gib.")), "The fullest pipeline rank."),
        Optional("tokens_per_step", Count),
        Optional("twice_the_batch", Object(
            Needed("global_batch", WholeFrom(2)),
            Needed("step_s", Positive),
            Needed("throughput_gain", Number, "Tokens a second over this plan's, less one."),
            Needed("fits", Flag, "Within memory_limit_gib.")), "The same layout with twice as many micro-batches; absent where the schedule cannot run them."),
        Needed("tokens_per_gpu_per_s", Positive),
        Needed("model_tflops_per_gpu", Positive),
        Needed("mfu", Positive),
        Needed("gpu_hours_per_trillion_tokens", Positive),
        Optional("run", Object(
            Needed("tokens", Positive),
            Needed("days", Positive),
            Needed("gpu_hours", Positive),
            Optional("cost_usd", Positive)), "Where the run's tokens are known; cost_usd where the price is."),
        Needed("assumed_constants", Index, "Constants of machine and stack that nobody published."));
}
