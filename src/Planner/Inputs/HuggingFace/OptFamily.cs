using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>OPT: GPT-3's layer with ReLU, learned positions from row 2 on, and in the smallest an embedding narrower than the layers.</summary>
internal sealed class OptFamily : IConfigFamily
{
    // Positions start behind two rows that stay empty.
    private const int PositionOffset = 2;

    public ImmutableArray<string> Architectures { get; } = ["OPTForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["opt"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = Shape.Hidden(config);
        int embedding = config.OptionalCount("word_embed_proj_dim") ?? hidden;
        bool bias = config.Flag("enable_bias", absent: true);
        if (embedding != hidden)
        {
            notes.Add(FormattableString.Invariant(
                $"embedding and head are {embedding} wide (word_embed_proj_dim) and so counted; they are timed at the hidden width {hidden}"));
        }

        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config), LayerKind.Dense),
            Shape.MultiHead(config, hidden, "num_attention_heads", bias, bias, rotary: false),
            new MlpSpec(config.Count("ffn_dim"), Shape.Ungated(config, "activation_function", "relu"), bias),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),
            config.Count("max_position_embeddings") + PositionOffset,
            Norm.Layer)
        {
            EmbeddingWidth = embedding == hidden ? 0 : embedding,

            // With norms behind attention and MLP the last layer ends normed.
            FinalNorm = config.Flag("do_layer_norm_before", absent: true) && !config.Flag("_remove_final_layer_norm", absent: false),
        };
    }
}
