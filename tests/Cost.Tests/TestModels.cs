using System.Collections.Immutable;
using Planner.Cost.Models;

namespace Planner.Cost.Tests;

/// <summary>Models as their published configurations state them (config.json of each; GPT sizes from the Megatron papers).</summary>
public static class TestModels
{
    public static ModelSpec DeepSeekV3 { get; } = new(
        "deepseek-v3", 7168, 129280, LeadingDense(3, 61), new LatentAttention(128, 1536, 512, 128, 64, 128), Gated(18432),
        new MoeSpec(256, 8, 2048, 2048, new RouterSpec(8, 4, GroupScore.TopTwoSum, true)), 1, false, 0, Norm.Rms);

    public static ModelSpec DeepSeekV2 { get; } = new(
        "deepseek-v2", 5120, 102400, LeadingDense(1, 60), new LatentAttention(128, 1536, 512, 128, 64, 128), Gated(12288),
        new MoeSpec(160, 6, 1536, 2 * 1536, new RouterSpec(8, 3, GroupScore.Highest, false)), 0, false, 0, Norm.Rms);

    public static ModelSpec DeepSeekV2Lite { get; } = new(
        "deepseek-v2-lite", 2048, 102400, LeadingDense(1, 27), new LatentAttention(16, 0, 512, 128, 64, 128), Gated(10944),
        new MoeSpec(64, 6, 1408, 2 * 1408, Unlimited(false)), 0, false, 0, Norm.Rms);

    public static ModelSpec KimiK2 { get; } = new(
        "kimi-k2", 7168, 163840, LeadingDense(1, 61), new LatentAttention(64, 1536, 512, 128, 64, 128), Gated(18432),
        new MoeSpec(384, 8, 2048, 2048, Unlimited(true)), 0, false, 0, Norm.Rms);

    public static ModelSpec Qwen3With235B { get; } = new(
        "qwen3-235b-a22b", 4096, 151936, LeadingDense(0, 94), new GroupedQueryAttention(64, 4, 128, false, false, true, true), null,
        new MoeSpec(128, 8, 1536, 0, Unlimited(false)), 0, false, 0, Norm.Rms);

    public static ModelSpec Qwen3With30B { get; } = new(
        "qwen3-30b-a3b", 2048, 151936, LeadingDense(0, 48), new GroupedQueryAttention(32, 4, 128, false, false, true, true), null,
        new MoeSpec(128, 8, 768, 0, Unlimited(false)), 0, false, 0, Norm.Rms);

    public static ModelSpec Mixtral8x7B { get; } = new(
        "mixtral-8x7b", 4096, 32000, LeadingDense(0, 32), GroupedQuery(32, 8, 128), null,
        new MoeSpec(8, 2, 14336, 0, Unlimited(false)), 0, false, 0, Norm.Rms);

    public static ModelSpec Mixtral8x22B { get; } = new(
        "mixtral-8x22b", 6144, 32000, LeadingDense(0, 56), GroupedQuery(48, 8, 128), null,
        new MoeSpec(8, 2, 16384, 0, Unlimited(false)), 0, false, 0, Norm.Rms);

    public static ModelSpec Glm45 { get; } = new(
        "glm-4.5", 5120, 151552, LeadingDense(3, 92), new GroupedQueryAttention(96, 8, 128, true, false, true, true), Gated(12288),
        new MoeSpec(160, 8, 1536, 1536, Unlimited(true)), 1, false, 0, Norm.Rms);

    public static ModelSpec Llama8B { get; } = Dense("llama-3.1-8b", 4096, 128256, 32, GroupedQuery(32, 8, 128), 14336);

    public static ModelSpec Llama70B { get; } = Dense("llama-3.1-70b", 8192, 128256, 80, GroupedQuery(64, 8, 128), 28672);

    public static ModelSpec Llama405B { get; } = Dense("llama-3.1-405b", 16384, 128256, 126, GroupedQuery(128, 8, 128), 53248);

    public static ModelSpec Llama2With70B { get; } = Dense("llama-2-70b", 8192, 32000, 80, GroupedQuery(64, 8, 128), 28672);

    public static ModelSpec Qwen25With72B { get; } = Dense(
        "qwen2.5-72b", 8192, 152064, 80, new GroupedQueryAttention(64, 8, 128, true, false, false, true), 29568);

    public static ModelSpec Gpt175B { get; } = Gpt("gpt3-175b", 12288, 96, 96, 51200);

    public static ModelSpec Gpt530B { get; } = Gpt("mt-nlg-530b", 20480, 105, 128, 51200);

    public static ModelSpec Gpt1T { get; } = Gpt("megatron-1t", 25600, 128, 160, 51200);

    public static ModelSpec GptOss20B { get; } = new(
        "gpt-oss-20b", 2880, 201088, LeadingDense(0, 24), new GroupedQueryAttention(64, 8, 64, true, true, false, true) { Sinks = true }, null,
        new MoeSpec(32, 4, 2880, 0, Unlimited(false)) { ExpertBias = true, RouterBias = true }, 0, false, 0, Norm.Rms)
    {
        Window = new AttentionWindow(128, [.. Enumerable.Range(0, 24).Select(layer => layer % 2 == 0)], Chunked: false),
    };

    public static ModelSpec DeepSeekV32 { get; } = DeepSeekV3 with
    {
        Name = "deepseek-v3.2",
        Attention = new LatentAttention(128, 1536, 512, 128, 64, 128) { Indexer = new SparseIndexer(64, 128, 2048) },
    };

    public static ModelSpec Opt350M { get; } = Gpt("opt-350m", 1024, 24, 16, 50272, 2050) with { EmbeddingWidth = 512, FinalNorm = false };

    public static ModelSpec Bloom176B { get; } = Gpt("bloom-176b", 14336, 70, 112, 250880, 0) with { EmbeddingNorm = true };

    /// <summary>A GPT of the Megatron papers: learned positions, biases, layer norms, tied embedding.</summary>
    public static ModelSpec Gpt(string name, int hidden, int layers, int heads, int vocabulary, int positions = 2048) => new(
        name, hidden, vocabulary, LeadingDense(layers, layers), new GroupedQueryAttention(heads, heads, hidden / heads, true, true, false, false),
        new MlpSpec(4 * hidden, Activation.Gelu, true), null, 0, true, positions, Norm.Layer);

    private static ModelSpec Dense(string name, int hidden, int vocabulary, int layers, AttentionSpec attention, int width) => new(
        name, hidden, vocabulary, LeadingDense(layers, layers), attention, Gated(width), null, 0, false, 0, Norm.Rms);

    private static GroupedQueryAttention GroupedQuery(int heads, int keyValueHeads, int width) =>
        new(heads, keyValueHeads, width, false, false, false, true);

    private static MlpSpec Gated(int width) => new(width, Activation.SwiGlu, false);

    private static RouterSpec Unlimited(bool correctionBias) => new(1, 1, GroupScore.Highest, correctionBias);

    private static ImmutableArray<LayerKind> LeadingDense(int dense, int layers) =>
        [.. Enumerable.Repeat(LayerKind.Dense, dense), .. Enumerable.Repeat(LayerKind.Moe, layers - dense)];
}
