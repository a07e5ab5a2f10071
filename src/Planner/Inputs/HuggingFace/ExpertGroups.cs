using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>n_group and topk_group: groups of experts, and how many of them a token may use.</summary>
internal static class ExpertGroups
{
    public static (int Groups, int Limit) Read(JsonFields config, int experts, int topK)
    {
        int groups = config.OptionalCount("n_group") ?? 1;
        int limit = config.OptionalCount("topk_group") ?? groups;
        if (experts % groups != 0)
            throw config.ErrorAt("n_group", FormattableString.Invariant($"n_group {groups} does not divide n_routed_experts {experts}"));
        if (limit > groups)
            throw config.ErrorAt("topk_group", FormattableString.Invariant($"topk_group {limit} is above n_group {groups}"));
        if (topK > (long)limit * (experts / groups))
        {
            throw config.ErrorAt(
                "topk_group",
                FormattableString.Invariant($"num_experts_per_tok {topK} does not fit in topk_group {limit} groups of {experts / groups} experts"));
        }

        return (groups, limit);
    }
}
