using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Dense decoders with grouped-query attention and a gated MLP: Llama 2 and 3, Mistral, Phi-3, Qwen2, Qwen3.</summary>
internal sealed class LlamaFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } =
        ["LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM", "Phi3ForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["llama", "mistral", "qwen2", "qwen3", "phi3"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        string kind = Kind(config);
        int layers = Shape.Layers(config);
        bool bias = config.Flag("attention_bias", absent: false);
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            LayerKinds.Uniform(layers, LayerKind.Dense),
            // Qwen2 always has the three input biases and never the output one; Qwen3 norms queries and keys a head.
            Shape.GroupedQuery(config, kind == "Qwen2" || bias, kind != "Qwen2" && bias, kind == "Qwen3"),
            new MlpSpec(config.Count("intermediate_size"), Activation.SwiGlu, config.Flag("mlp_bias", absent: false)),
            Moe: null,
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Rms)
        {
            Window = kind == "Llama" ? AttentionWindows.Sliding(config, layers, _ => true) : AttentionWindows.Switched(config, layers),
        };
    }

    private static string Kind(JsonFields config)
    {
        string? architecture = config.OptionalArray("architectures") is { Length: > 0 } ? config.Texts("architectures")[0] : null;
        string type = architecture ?? config.OptionalText("model_type") ?? "";
        return type.StartsWith("Qwen2", StringComparison.OrdinalIgnoreCase) ? "Qwen2"
            : type.StartsWith("Qwen3", StringComparison.OrdinalIgnoreCase) ? "Qwen3"
            : "Llama";
    }
}
