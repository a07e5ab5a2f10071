using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Mixtral, and Grok-1 written with its fields: every layer MoE, experts of intermediate_size, no shared expert.</summary>
internal sealed class MixtralFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["MixtralForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["mixtral"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int layers = Shape.Layers(config);
        (int experts, int topK) = Shape.Experts(config, "num_local_experts");
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            LayerKinds.Uniform(layers, LayerKind.Moe),
            Shape.GroupedQuery(config, queryKeyValueBias: false, outputBias: false, queryKeyNorm: false),
            DenseMlp: null,
            new MoeSpec(experts, topK, config.Count("intermediate_size"), 0, Shape.FreeRouter),
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms)
        {
            Window = AttentionWindows.Sliding(config, layers, _ => true),
        };
    }
}
