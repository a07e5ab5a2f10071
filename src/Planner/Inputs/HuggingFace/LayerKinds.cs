using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Which layers are MoE. An explicit list in the file wins over a rule.</summary>
internal static class LayerKinds
{
    public static ImmutableArray<LayerKind> Uniform(int layers, LayerKind kind) => [.. Enumerable.Repeat(kind, layers)];

    /// <summary>DeepSeek's rule: dense before first_k_dense_replace, then MoE where the index is a multiple of moe_layer_freq.</summary>
    public static ImmutableArray<LayerKind> LeadingDense(JsonFields config, int layers)
    {
        if (Listed(config, layers) is { } listed)
            return listed;
        int leading = config.OptionalCount("first_k_dense_replace", least: 0) ?? 0;
        if (leading > layers)
        {
            throw config.ErrorAt(
                "first_k_dense_replace",
                FormattableString.Invariant($"first_k_dense_replace {leading} is above num_hidden_layers {layers}"));
        }

        int every = config.OptionalCount("moe_layer_freq") ?? 1;
        return Each(layers, index => index >= leading && index % every == 0);
    }

    /// <summary>Qwen's rule: MoE in every decoder_sparse_step-th layer except those in mlp_only_layers.</summary>
    public static ImmutableArray<LayerKind> SparseStep(JsonFields config, int layers)
    {
        if (Listed(config, layers) is { } listed)
            return listed;
        int every = config.OptionalCount("decoder_sparse_step") ?? 1;
        HashSet<int> dense =
        [
            .. (config.OptionalArray("mlp_only_layers") ?? []).Select(item => config.AsCount(config.PathOf("mlp_only_layers"), item, 0, layers - 1)),
        ];
        return Each(layers, index => (index + 1) % every == 0 && !dense.Contains(index));
    }

    /// <summary>Llama 4's rule: the layers listed in moe_layers, or every interleave_moe_layer_step-th.</summary>
    public static ImmutableArray<LayerKind> Interleaved(JsonFields config, int layers)
    {
        int every = config.OptionalCount("interleave_moe_layer_step") ?? 1;
        if (config.OptionalArray("moe_layers") is not { } list)
            return Each(layers, index => (index + 1) % every == 0);
        HashSet<int> experts = [.. list.Select(item => config.AsCount(config.PathOf("moe_layers"), item, 0, layers - 1))];
        return Each(layers, experts.Contains);
    }

    /// <summary>mlp_layer_types (dense, sparse) or a list of 0 and 1 in moe_layer_freq; null where there is neither.</summary>
    private static ImmutableArray<LayerKind>? Listed(JsonFields config, int layers)
    {
        if (config.OptionalArray("mlp_layer_types") is not null)
            return OfLength(config, "mlp_layer_types", layers, [.. config.Texts("mlp_layer_types").Select(type => Named(config, type))]);
        if (config.Optional("moe_layer_freq") is { Kind: JsonKind.Array } list)
        {
            return OfLength(
                config,
                "moe_layer_freq",
                layers,
                [.. list.Items.Select(item => config.AsCount("moe_layer_freq", item, 0, 1) == 1 ? LayerKind.Moe : LayerKind.Dense)]);
        }

        return null;
    }

    private static LayerKind Named(JsonFields config, string type) => type switch
    {
        "dense" => LayerKind.Dense,
        "sparse" => LayerKind.Moe,
        _ => throw config.ErrorAt("mlp_layer_types", $"mlp_layer_types holds {OneLine.Quote(type)}; allowed: dense, sparse"),
    };

    /// <summary>A list a layer must have as many entries as there are layers.</summary>
    public static ImmutableArray<T> OfLength<T>(JsonFields config, string name, int layers, ImmutableArray<T> list) =>
        list.Length == layers
            ? list
            : throw config.ErrorAt(name, FormattableString.Invariant($"{name} has {list.Length} entries for {layers} layers"));

    private static ImmutableArray<LayerKind> Each(int layers, Func<int, bool> isMoe) =>
        [.. Enumerable.Range(0, layers).Select(index => isMoe(index) ? LayerKind.Moe : LayerKind.Dense)];
}
