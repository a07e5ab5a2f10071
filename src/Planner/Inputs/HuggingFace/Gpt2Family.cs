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
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config, "n_layer"), LayerKind.Dense),
            Shape.MultiHead(config, hidden, "n_head", queryKeyValueBias: true, outputBias: true, rotary: false),
            new MlpSpec(Shape.FourTimes(config, "n_inner", hidden), Shape.Ungated(config, "activation_function", "gelu_new"), Bias: true),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),
            config.Count("n_positions"),
            Norm.Layer);
    }
}
