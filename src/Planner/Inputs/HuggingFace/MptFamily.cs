using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>MPT: ALiBi, rotary or learned positions, biases unless no_bias, tied embeddings.</summary>
internal sealed class MptFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["MPTForCausalLM", "MptForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["mpt"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        int hidden = config.Count("d_model");
        bool bias = !config.Flag("no_bias");
        JsonFields? attention = config.OptionalObject("attn_config");
        bool alibi = attention?.Flag("alibi", absent: false) ?? false;
        bool rotary = attention?.Flag("rope", absent: false) ?? false;
        if (attention?.Flag("qk_ln", absent: false) ?? false)
            notes.Add("qk_ln is not modelled: the norms of queries and keys are left out of the count");
        GroupedQueryAttention heads = Shape.MultiHead(config, hidden, "n_heads", bias, bias, rotary);
        return new ModelSpec(
            name,
            hidden,
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config, "n_layers"), LayerKind.Dense),
            heads with { KeyValueHeads = KeyValueHeads(config, attention, heads.Heads) },
            Mlp(config, hidden, bias),
            Moe: null,
            MtpModules: 0,
            config.Flag("tie_word_embeddings", absent: true),

            // ALiBi and rotary switch the table off whatever learned_pos_emb says.
            !alibi && !rotary && config.Flag("learned_pos_emb", absent: true) ? config.Count("max_seq_len") : 0,
            bias ? Norm.Layer : Norm.LayerScale);
    }

    private static MlpSpec Mlp(JsonFields config, int hidden, bool bias)
    {
        long width = (long)hidden * config.Count("expansion_ratio");
        if (width > JsonFields.LargestCount)
            throw config.ErrorAt("expansion_ratio", FormattableString.Invariant($"expansion_ratio times d_model must be at most {JsonFields.LargestCount}, got {width}"));
        string type = config.OptionalObject("ffn_config")?.OptionalText("ffn_type") ?? "mptmlp";
        return type switch
        {
            "mptmlp" => new MlpSpec((int)width, Activation.Gelu, bias),
            "mptglu" => new MlpSpec((int)width, Activation.SwiGlu, bias),
            _ => throw config.ErrorAt("ffn_config", $"unknown ffn_type {OneLine.Quote(type)}; allowed: mptmlp, mptglu"),
        };
    }

    private static int KeyValueHeads(JsonFields config, JsonFields? attention, int heads)
    {
        string type = attention?.OptionalText("attn_type") ?? "multihead_attention";
        int keyValues = type switch
        {
            "multihead_attention" => heads,
            "multiquery_attention" => 1,
            "grouped_query_attention" => attention!.Count("kv_n_heads"),
            _ => throw config.ErrorAt(
                "attn_config",
                $"unknown attn_type {OneLine.Quote(type)}; allowed: multihead_attention, multiquery_attention, grouped_query_attention"),
        };
        return heads % keyValues == 0
            ? keyValues
            : throw config.ErrorAt("attn_config", FormattableString.Invariant($"n_heads {heads} is not a multiple of kv_n_heads {keyValues}"));
    }
}
