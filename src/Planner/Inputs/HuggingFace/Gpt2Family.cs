using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>GPT-2 and GPT-3: multi-head attention, GELU MLP, biases everywhere, learned positions, layer norms with scale and bias.</summary>
internal sealed class Gpt2Family : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["GPT2LMHeadModel"];

    public ImmutableArray<string> ModelTypes { get; } = ["gpt2"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = config.Count("n_embd");
        int heads = config.Count("n_head");
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config, "n_layer"), LayerKind.Dense),
            new GroupedQueryAttention(
                heads,
                heads,
                Shape.HeadWidth(config, hidden, heads, "n_head"),
                QueryKeyValueBias: true,
                OutputBias: true,
                QueryKeyNorm: false,
                Rotary: false),
            new MlpSpec(config.OptionalCount("n_inner") ?? 4 * hidden, Activation.Gelu, Bias: true),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),
            config.Count("n_positions"),
            Norm.Layer);
    }
}
