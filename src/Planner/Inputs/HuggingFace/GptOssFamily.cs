using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>gpt-oss: every layer MoE, sliding and full attention in turn, sinks, biases in attention, experts and router.</summary>
internal sealed class GptOssFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["GptOssForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["gpt_oss"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int layers = Shape.Layers(config);
        (int experts, int topK) = Shape.Experts(config, "num_local_experts");
        bool bias = config.Flag("attention_bias", absent: true);
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            LayerKinds.Uniform(layers, LayerKind.Moe),
            Shape.GroupedQuery(config, queryKeyValueBias: bias, outputBias: bias, queryKeyNorm: false) with { Sinks = true },
            DenseMlp: null,
            new MoeSpec(experts, topK, config.Count("intermediate_size"), 0, Shape.FreeRouter) { ExpertBias = true, RouterBias = true },
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms)
        {
            Window = AttentionWindows.Sliding(config, layers, index => index % 2 == 0),
        };
    }
}
