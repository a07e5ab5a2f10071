using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>
/// DeepSeek V2, V3, V3.2, R1, Kimi K2 and GLM-5: latent attention, leading dense layers, shared and routed experts, node-limited routing; V3.2 and
/// GLM-5 with an indexer in front of sparse attention.
/// </summary>
internal sealed class DeepSeekFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } =
        ["DeepseekV3ForCausalLM", "DeepseekV2ForCausalLM", "DeepseekV32ForCausalLM", "GlmMoeDsaForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["deepseek_v3", "deepseek_v2", "deepseek_v32", "kimi_k2", "glm_moe_dsa"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int layerCount = Shape.Layers(config);
        // The files say null or leave the experts out where every layer is dense.
        bool anyExperts = config.Optional("n_routed_experts") is not null;
        ImmutableArray<LayerKind> layers = anyExperts
            ? LayerKinds.LeadingDense(config, layerCount)
            : LayerKinds.Uniform(layerCount, LayerKind.Dense);
        if (config.Flag("attention_bias", absent: false))
            notes.Add("attention_bias is not modelled for latent attention: its vectors are left out of the count");
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            layers,
            Attention(config, notes),
            layers.Contains(LayerKind.Dense) ? new MlpSpec(config.Count("intermediate_size"), Activation.SwiGlu, Bias: false) : null,
            layers.Contains(LayerKind.Moe) ? Moe(config) : null,
            Shape.MtpModules(config),
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms);
    }

    private static LatentAttention Attention(JsonFields config, ICollection<string> notes) => new(
        config.Count("num_attention_heads"),
        config.Present("q_lora_rank").Kind == JsonKind.Null ? 0 : config.Count("q_lora_rank"),
        config.Count("kv_lora_rank"),
        config.Count("qk_nope_head_dim"),
        config.Count("qk_rope_head_dim"),
        config.Count("v_head_dim"))
    {
        Indexer = Indexer(config, notes),
    };

    private static SparseIndexer? Indexer(JsonFields config, ICollection<string> notes)
    {
        if (config.OptionalCount("index_topk") is not { } topK)
            return null;
        if (config.Optional("q_lora_rank") is null)
            throw config.ErrorAt("index_topk", "index_topk needs q_lora_rank: the indexer reads the query latent");
        notes.Add(FormattableString.Invariant(
            $"sparse attention over {topK} keys is counted in full; its indexer counts in the parameters and their FLOPs, its time is left out"));
        return new SparseIndexer(config.Count("index_n_heads"), config.Count("index_head_dim"), topK);
    }

    private static MoeSpec Moe(JsonFields config)
    {
        (int experts, int topK) = Shape.Experts(config, "n_routed_experts");
        int width = config.Count("moe_intermediate_size");
        return new MoeSpec(experts, topK, width, Shape.SharedWidth(config, width), Router(config, experts, topK));
    }

    private static RouterSpec Router(JsonFields config, int experts, int topK)
    {
        string method = config.OptionalText("topk_method") ?? "noaux_tc";
        bool bias = method == "noaux_tc";
        if (method is not ("noaux_tc" or "group_limited_greedy" or "greedy"))
            throw config.ErrorAt("topk_method", $"unknown topk_method {OneLine.Quote(method)}; allowed: noaux_tc, group_limited_greedy, greedy");
        if (method == "greedy")
            return new RouterSpec(1, 1, GroupScore.Highest, bias);
        (int groups, int limit) = ExpertGroups.Read(config, experts, topK);
        return new RouterSpec(groups, limit, bias ? GroupScore.TopTwoSum : GroupScore.Highest, bias);
    }
}
