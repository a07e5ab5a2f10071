using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>GPT-NeoX and Pythia: GPT-2's layer with rotary positions and an output head of its own.</summary>
internal sealed class GptNeoXFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["GPTNeoXForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["gpt_neox"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = Shape.Hidden(config);
        bool bias = config.Flag("attention_bias", absent: true);
        if (config.Flag("use_parallel_residual", absent: true))
            notes.Add("attention and MLP in parallel (use_parallel_residual) are timed one after the other");
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config), LayerKind.Dense),
            Shape.MultiHead(config, hidden, "num_attention_heads", bias, bias, rotary: true),
            new MlpSpec(config.Count("intermediate_size"), Shape.Ungated(config, "hidden_act", "gelu"), Bias: true),
            Moe: null,
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Layer);
    }
}
