using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class LayerListTests
{
    private const string Qwen =
        """
        {"architectures": ["Qwen3MoeForCausalLM"], "hidden_size": 64, "intermediate_size": 128, "moe_intermediate_size": 32, "num_experts": 8,
         "num_experts_per_tok": 2, "num_hidden_layers": 6, "num_attention_heads": 4, "head_dim": 16, "num_key_value_heads": 2, "vocab_size": 100, EXTRA}
        """;

    private const string DeepSeek =
        """
        {"architectures": ["DeepseekV3ForCausalLM"], "hidden_size": 64, "intermediate_size": 128, "moe_intermediate_size": 32, "n_routed_experts": 8,
         "num_experts_per_tok": 2, "num_hidden_layers": 6, "num_attention_heads": 4, "q_lora_rank": 8, "kv_lora_rank": 8, "qk_nope_head_dim": 8,
         "qk_rope_head_dim": 4, "v_head_dim": 8, "vocab_size": 100, EXTRA}
        """;

    [TestCase("\"mlp_only_layers\": []", "MMMMMM")]
    [TestCase("\"mlp_only_layers\": [0, 3]", "DMMDMM")]
    [TestCase("\"decoder_sparse_step\": 2", "DMDMDM")]
    [TestCase("\"decoder_sparse_step\": 2, \"mlp_only_layers\": [5]", "DMDMDD")]
    [TestCase("\"mlp_layer_types\": [\"dense\", \"sparse\", \"sparse\", \"dense\", \"sparse\", \"sparse\"], \"decoder_sparse_step\": 2", "DMMDMM")]
    public void Qwen_ListsAndSteps(string extra, string layers) => Assert.That(Kinds(Qwen, extra), Is.EqualTo(layers));

    [TestCase("\"first_k_dense_replace\": 0", "MMMMMM")]
    [TestCase("\"first_k_dense_replace\": 2", "DDMMMM")]
    [TestCase("\"first_k_dense_replace\": 6", "DDDDDD")]
    [TestCase("\"first_k_dense_replace\": 1, \"moe_layer_freq\": 2", "DDMDMD")]
    [TestCase("\"moe_layer_freq\": [0, 1, 1, 0, 1, 1], \"first_k_dense_replace\": 2", "DMMDMM")]
    public void DeepSeek_ListsAndRules(string extra, string layers) => Assert.That(Kinds(DeepSeek, extra), Is.EqualTo(layers));

    [TestCase("\"mlp_only_layers\": [6]", "mlp_only_layers must be a whole number from 0 to 5, got 6")]
    [TestCase("\"mlp_layer_types\": [\"dense\"]", "mlp_layer_types has 1 entries for 6 layers")]
    [TestCase("\"mlp_layer_types\": [\"dense\", \"x\"]", "mlp_layer_types holds \"x\"; allowed: dense, sparse")]
    public void Qwen_BadLists(string extra, string end) =>
        Assert.That(() => Kinds(Qwen, extra), Throws.TypeOf<InputException>().With.Message.EndsWith(end));

    [TestCase("\"first_k_dense_replace\": 7", "first_k_dense_replace 7 is above num_hidden_layers 6")]
    [TestCase("\"moe_layer_freq\": [0, 1]", "moe_layer_freq has 2 entries for 6 layers")]
    [TestCase("\"moe_layer_freq\": 0", "moe_layer_freq must be a whole number from 1 to 100000000, got 0")]
    public void DeepSeek_BadLists(string extra, string end) =>
        Assert.That(() => Kinds(DeepSeek, extra), Throws.TypeOf<InputException>().With.Message.EndsWith(end));

    private static string Kinds(string template, string extra)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", template.Replace("EXTRA", extra, StringComparison.Ordinal));
        return string.Concat(new ModelCatalog().Load(path).Spec.Layers.Select(kind => kind == LayerKind.Moe ? 'M' : 'D'));
    }
}
