using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Which layers see a part of the sequence only. An explicit layer_types wins over a rule.</summary>
internal static class AttentionWindows
{
    private const string Full = "full_attention";

    /// <summary>Sliding windows of sliding_window tokens.</summary>
    /// <param name="config">The file.</param>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="slides">The family's rule where the file lists no types.</param>
    public static AttentionWindow? Sliding(JsonFields config, int layers, Func<int, bool> slides) =>
        Of(config, layers, "sliding_attention", "sliding_window", chunked: false, slides);

    /// <summary>Qwen's switch: off unless use_sliding_window, then from layer max_window_layers on.</summary>
    public static AttentionWindow? Switched(JsonFields config, int layers)
    {
        bool on = config.Flag("use_sliding_window", absent: false);
        int first = config.OptionalCount("max_window_layers", least: 0) ?? 28;
        return Sliding(config, layers, index => on && index >= first);
    }

    /// <summary>Llama 4: pieces of attention_chunk_size in all layers with rotary positions; every fourth has none and sees everything.</summary>
    public static AttentionWindow? Chunked(JsonFields config, int layers)
    {
        if (config.OptionalArray("no_rope_layers") is { Length: > 0 } list)
        {
            ImmutableArray<int> rotary = LayerKinds.OfLength(
                config, "no_rope_layers", layers, [.. list.Select(item => config.AsCount(config.PathOf("no_rope_layers"), item, 0, 1))]);
            return Of(config, layers, "chunked_attention", "attention_chunk_size", chunked: true, index => rotary[index] == 1);
        }

        int every = config.OptionalCount("no_rope_layer_interval") ?? 4;
        return Of(config, layers, "chunked_attention", "attention_chunk_size", chunked: true, index => (index + 1) % every != 0);
    }

    private static AttentionWindow? Of(JsonFields config, int layers, string type, string size, bool chunked, Func<int, bool> rule)
    {
        int? window = config.OptionalCount(size);
        bool listed = config.OptionalArray("layer_types") is not null;
        ImmutableArray<bool> windowed = listed ? Listed(config, layers, type) : [.. Enumerable.Range(0, layers).Select(index => window is not null && rule(index))];
        if (!windowed.Contains(true))
            return null;
        return new AttentionWindow(
            window ?? throw config.ErrorAt("layer_types", $"layer_types has {type} layers but {config.PathOf(size)} is missing"), windowed, chunked);
    }

    private static ImmutableArray<bool> Listed(JsonFields config, int layers, string type)
    {
        ImmutableArray<string> types = LayerKinds.OfLength(config, "layer_types", layers, config.Texts("layer_types"));
        return types.FirstOrDefault(word => word != type && word != Full) is { } other
            ? throw config.ErrorAt("layer_types", $"layer_types holds {OneLine.Quote(other)}; allowed: {Full}, {type}")
            : [.. types.Select(word => word == type)];
    }
}
