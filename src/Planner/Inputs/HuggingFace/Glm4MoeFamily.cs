using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>GLM-4.5: grouped-query attention in front of DeepSeek-like experts.</summary>
internal sealed class Glm4MoeFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["Glm4MoeForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["glm4_moe"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        ImmutableArray<LayerKind> layers = LayerKinds.LeadingDense(config, Shape.Layers(config));
        (int experts, int topK) = Shape.Experts(config, "n_routed_experts");
        (int groups, int limit) = ExpertGroups.Read(config, experts, topK);
        int width = config.Count("moe_intermediate_size");
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            layers,
            // The output projection has no bias whatever attention_bias says.
            Shape.GroupedQuery(config, config.Flag("attention_bias", absent: false), outputBias: false, config.Flag("use_qk_norm", absent: false)),
            layers.Contains(LayerKind.Dense) ? new MlpSpec(config.Count("intermediate_size"), Activation.SwiGlu, Bias: false) : null,
            layers.Contains(LayerKind.Moe)
                ? new MoeSpec(experts, topK, width, Shape.SharedWidth(config, width), new RouterSpec(groups, limit, GroupScore.TopTwoSum, CorrectionBias: true))
                : null,
            Shape.MtpModules(config),
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms);
    }
}
