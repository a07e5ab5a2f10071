using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Fields that most families share, with their limits.</summary>
internal static class Shape
{
    private const int MostLayers = 10_000;

    /// <summary>A choice of experts without groups.</summary>
    public static RouterSpec FreeRouter { get; } = new(1, 1, GroupScore.Highest, CorrectionBias: false);

    public static int Layers(JsonFields config, string name = "num_hidden_layers") => config.Count(name, most: MostLayers);

    public static int Hidden(JsonFields config) => config.Count("hidden_size");

    public static int Vocabulary(JsonFields config) => config.Count("vocab_size");

    public static bool Tied(JsonFields config) => config.Flag("tie_word_embeddings", absent: false);

    /// <summary>Multi-token-prediction modules; more than one is not modelled.</summary>
    public static int MtpModules(JsonFields config) => config.OptionalCount("num_nextn_predict_layers", least: 0, most: 1) ?? 0;

    /// <summary>Grouped-query attention. Without head_dim a head is hidden / heads wide; without num_key_value_heads every head has its own.</summary>
    public static GroupedQueryAttention GroupedQuery(JsonFields config, bool queryKeyValueBias, bool outputBias, bool queryKeyNorm)
    {
        int heads = config.Count("num_attention_heads");
        int keyValueHeads = config.OptionalCount("num_key_value_heads") ?? heads;
        if (heads % keyValueHeads != 0)
        {
            throw config.ErrorAt(
                "num_key_value_heads",
                FormattableString.Invariant($"num_attention_heads {heads} is not a multiple of num_key_value_heads {keyValueHeads}"));
        }

        return new GroupedQueryAttention(
            heads,
            keyValueHeads,
            config.OptionalCount("head_dim") ?? HeadWidth(config, Hidden(config), heads, "num_attention_heads"),
            queryKeyValueBias,
            outputBias,
            queryKeyNorm,
            Rotary: true);
    }

    public static int HeadWidth(JsonFields config, int hidden, int heads, string headsName) => hidden % heads == 0
        ? hidden / heads
        : throw config.ErrorAt(
            headsName,
            FormattableString.Invariant($"hidden width {hidden} is not a multiple of {headsName} {heads}; give head_dim where they are independent"));

    /// <summary>The experts a token uses must exist.</summary>
    public static (int Experts, int TopK) Experts(JsonFields config, string expertsName)
    {
        int experts = config.Count(expertsName);
        int topK = config.Count("num_experts_per_tok");
        return topK <= experts
            ? (experts, topK)
            : throw config.ErrorAt(
                "num_experts_per_tok",
                FormattableString.Invariant($"num_experts_per_tok {topK} is above {expertsName} {experts}"));
    }

    /// <summary>Width of all shared experts together.</summary>
    public static int SharedWidth(JsonFields config, int expertWidth)
    {
        long width = (long)(config.OptionalCount("n_shared_experts", least: 0) ?? 0) * expertWidth;
        return width <= JsonFields.LargestCount
            ? (int)width
            : throw config.ErrorAt(
                "n_shared_experts",
                FormattableString.Invariant($"n_shared_experts times moe_intermediate_size must be at most {JsonFields.LargestCount}, got {width}"));
    }

    /// <summary>Multi-head attention of the older files: a head is hidden / heads wide and has its own keys and values.</summary>
    public static GroupedQueryAttention MultiHead(JsonFields config, int hidden, string headsName, bool queryKeyValueBias, bool outputBias, bool rotary)
    {
        int heads = config.Count(headsName);
        return new GroupedQueryAttention(
            heads, heads, HeadWidth(config, hidden, heads, headsName), queryKeyValueBias, outputBias, QueryKeyNorm: false, rotary);
    }

    /// <summary>Width of an MLP that the file leaves out where it is four times the hidden width.</summary>
    public static int FourTimes(JsonFields config, string widthName, int hidden) =>
        config.OptionalCount(widthName) ?? (hidden <= JsonFields.LargestCount / 4
            ? 4 * hidden
            : throw config.ErrorAt(widthName, FormattableString.Invariant($"{widthName} is missing and 4 x {hidden} is above {JsonFields.LargestCount}")));

    /// <summary>Activation of an ungated MLP by the file's word; all GELU approximations cost the same.</summary>
    public static Activation Ungated(JsonFields config, string name, string absent)
    {
        string word = config.OptionalText(name) ?? absent;
        return word switch
        {
            "relu" => Activation.Relu,
            "relu2" => Activation.SquaredRelu,
            _ when word.StartsWith("gelu", StringComparison.Ordinal) => Activation.Gelu,
            _ => throw config.ErrorAt(name, $"unknown {name} {OneLine.Quote(word)}; allowed: relu, relu2, gelu and its approximations"),
        };
    }
}
