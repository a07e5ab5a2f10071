using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>GPT-Neo: GPT-2 with attention to the last window_size tokens in every second layer, and no biases on queries, keys and values.</summary>
internal sealed class GptNeoFamily : IConfigFamily
{
    private const string Types = "attention_types";

    public ImmutableArray<string> Architectures { get; } = ["GPTNeoForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["gpt_neo"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = Shape.Hidden(config);
        int layers = Shape.Layers(config, "num_layers");
        ImmutableArray<bool> local = [.. LayerKinds.OfLength(config, Types, layers, [.. Attention(config, layers)]).Select(type => type == "local")];
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(layers, LayerKind.Dense),
            Shape.MultiHead(config, hidden, "num_heads", queryKeyValueBias: false, outputBias: true, rotary: false),
            new MlpSpec(Shape.FourTimes(config, "intermediate_size", hidden), Shape.Ungated(config, "activation_function", "gelu_new"), Bias: true),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),
            config.Count("max_position_embeddings"),
            Norm.Layer)
        {
            Window = !local.Contains(true) ? null : new AttentionWindow(config.OptionalCount("window_size") ?? 256, local, Chunked: false),
        };
    }

    // [[["global", "local"], 16]] is that pattern sixteen times.
    private static IEnumerable<string> Attention(JsonFields config, int layers)
    {
        foreach (JsonItem group in config.Array(Types))
        {
            if (group is not { Kind: JsonKind.Array, Items: [{ Kind: JsonKind.Array } pattern, { Kind: JsonKind.Number } times] })
                throw config.Error(group, "attention_types must hold pairs of a list of types and a count, as [[\"global\", \"local\"], 16]");
            foreach (JsonItem type in pattern.Items)
            {
                if (type is not { Kind: JsonKind.Text, Text: "global" or "local" })
                    throw config.Error(type, $"attention_types holds {type.Describe()}; allowed: global, local");
            }

            int count = config.AsCount(Types, times, 0, layers);
            foreach (JsonItem type in Enumerable.Repeat(pattern.Items, count).SelectMany(items => items))
                yield return type.Text;
        }
    }
}
