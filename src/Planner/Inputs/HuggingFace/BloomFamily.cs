using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>BLOOM: GPT-3's layer with ALiBi, so no positions, and a norm behind the embedding.</summary>
internal sealed class BloomFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["BloomForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["bloom"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = config.OptionalCount("n_embed") ?? Shape.Hidden(config);
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config, Either(config, "n_layer", "num_hidden_layers")), LayerKind.Dense),
            Shape.MultiHead(
                config, hidden, Either(config, "n_head", "num_attention_heads"), queryKeyValueBias: true, outputBias: true, rotary: false),
            new MlpSpec(Shape.FourTimes(config, "n_inner", hidden), Activation.Gelu, Bias: true),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),
            LearnedPositions: 0,
            Norm.Layer)
        {
            EmbeddingNorm = true,
        };
    }

    // Files of both spellings are about; n_layer is the published one.
    private static string Either(JsonFields config, string name, string other) =>
        config.Optional(name) is null && config.Optional(other) is not null ? other : name;
}
