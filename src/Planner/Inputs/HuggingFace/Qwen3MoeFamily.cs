using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Qwen3 MoE: grouped-query attention with norms on queries and keys, experts of moe_intermediate_size, no shared expert.</summary>
internal sealed class Qwen3MoeFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["Qwen3MoeForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["qwen3_moe"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        ImmutableArray<LayerKind> layers = LayerKinds.SparseStep(config, Shape.Layers(config));
        (int experts, int topK) = Shape.Experts(config, "num_experts");
        bool bias = config.Flag("attention_bias", absent: false);
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            layers,
            Shape.GroupedQuery(config, bias, bias, queryKeyNorm: true),
            layers.Contains(LayerKind.Dense) ? new MlpSpec(config.Count("intermediate_size"), Activation.SwiGlu, Bias: false) : null,
            layers.Contains(LayerKind.Moe)
                ? new MoeSpec(experts, topK, config.Count("moe_intermediate_size"), 0, Shape.FreeRouter)
                : null,
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms)
        {
            Window = AttentionWindows.Sliding(config, layers.Length, _ => config.Flag("use_sliding_window", absent: false)),
        };
    }
}
