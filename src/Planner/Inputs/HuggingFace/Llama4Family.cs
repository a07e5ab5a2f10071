using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Llama 4's language model: dense and MoE layers interleaved, one shared expert, chunked attention in three of four layers.</summary>
internal sealed class Llama4Family : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["Llama4ForConditionalGeneration", "Llama4ForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["llama4_text", "llama4"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        ImmutableArray<LayerKind> layers = LayerKinds.Interleaved(config, Shape.Layers(config));
        int width = config.Count("intermediate_size");
        bool bias = config.Flag("attention_bias", absent: false);
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            layers,
            // Its query and key norms have no weights, so use_qk_norm adds no parameters.
            Shape.GroupedQuery(config, bias, bias, queryKeyNorm: false),
            layers.Contains(LayerKind.Dense) ? new MlpSpec(config.Count("intermediate_size_mlp"), Activation.SwiGlu, Bias: false) : null,
            layers.Contains(LayerKind.Moe) ? Moe(config, width) : null,
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms)
        {
            Window = AttentionWindows.Chunked(config, layers.Length),
        };
    }

    private static MoeSpec Moe(JsonFields config, int width)
    {
        (int experts, int topK) = Shape.Experts(config, "num_local_experts");
        return new MoeSpec(experts, topK, width, width, Shape.FreeRouter);
    }
}
