using NUnit.Framework;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>What a user reads when a file is no language model or contradicts itself, word for word.</summary>
[TestFixture]
public sealed class FamilyErrorTests
{
    private const string Opt =
        "\"architectures\": [\"OPTForCausalLM\"], \"hidden_size\": 64, \"ffn_dim\": 256, \"num_hidden_layers\": 2, \"max_position_embeddings\": 32, \"vocab_size\": 100";

    private const string GptOss =
        "\"architectures\": [\"GptOssForCausalLM\"], \"hidden_size\": 64, \"intermediate_size\": 64, \"num_hidden_layers\": 2, \"num_attention_heads\": 4, "
        + "\"num_key_value_heads\": 2, \"head_dim\": 16, \"num_local_experts\": 4, \"num_experts_per_tok\": 2, \"vocab_size\": 100";

    private const string GptNeo =
        "\"architectures\": [\"GPTNeoForCausalLM\"], \"hidden_size\": 64, \"num_layers\": 2, \"num_heads\": 4, \"max_position_embeddings\": 32, \"vocab_size\": 100";

    private const string Mpt =
        "\"architectures\": [\"MPTForCausalLM\"], \"d_model\": 64, \"n_layers\": 2, \"n_heads\": 4, \"max_seq_len\": 32, \"vocab_size\": 100";

    [TestCase("{\"architectures\": [\"T5ForConditionalGeneration\"], \"is_encoder_decoder\": true, \"vocab_size\": 32128}", "\"T5ForConditionalGeneration\" is not a decoder-only language model: it has an encoder and a decoder")]
    [TestCase("{\"architectures\": [\"ViTForImageClassification\"], \"model_type\": \"vit\", \"hidden_size\": 768, \"image_size\": 224}", "\"ViTForImageClassification\" is not a decoder-only language model: it reads images and has no vocabulary")]
    [TestCase("{\"architectures\": [\"BertForMaskedLM\"], \"model_type\": \"bert\", \"vocab_size\": 30522}", "\"BertForMaskedLM\" is not a decoder-only language model: it is an encoder")]
    [TestCase("{\"model_type\": \"llava\", \"vision_config\": {}, \"hidden_size\": 8}", "\"llava\" is not a decoder-only language model: it has a vision_config and no text_config")]
    public void OtherModels(string text, string end) => Refused(text, end);

    [TestCase("{\"text_config\": 7}", "text_config must be an object, got 7")]
    [TestCase("{\"architectures\": [\"XForConditionalGeneration\"], \"text_config\": {\"model_type\": \"llama\"}}", "text_config.num_hidden_layers is missing")]
    [TestCase("{\"architectures\": [\"XForConditionalGeneration\"], \"text_config\": {\"model_type\": \"llama\", \"num_hidden_layers\": 0}}", "text_config.num_hidden_layers must be a whole number from 1 to 10000, got 0")]
    [TestCase("{\"architectures\": [\"XForConditionalGeneration\"], \"text_config\": {}}", "not a language model's config.json: it has neither architectures nor model_type; use the file that ships with the weights")]
    public void Nested(string text, string end) => Refused(text, end);

    [TestCase(Opt, "", "num_attention_heads is missing")]
    [TestCase(Opt, "\"num_attention_heads\": 0", "num_attention_heads must be a whole number from 1 to 100000000, got 0")]
    [TestCase(Opt, "\"num_attention_heads\": 7", "hidden width 64 is not a multiple of num_attention_heads 7; give head_dim where they are independent")]
    [TestCase(Opt, "\"num_attention_heads\": 4, \"word_embed_proj_dim\": -1", "word_embed_proj_dim must be a whole number from 1 to 100000000, got -1")]
    [TestCase(Opt, "\"num_attention_heads\": 4, \"activation_function\": \"silu\"", "unknown activation_function \"silu\"; allowed: relu, relu2, gelu and its approximations")]
    [TestCase(GptOss, "\"layer_types\": [\"full_attention\"]", "layer_types has 1 entries for 2 layers")]
    [TestCase(GptOss, "\"layer_types\": [\"full_attention\", \"linear_attention\"]", "layer_types holds \"linear_attention\"; allowed: full_attention, sliding_attention")]
    [TestCase(GptOss, "\"layer_types\": [\"full_attention\", \"sliding_attention\"]", "layer_types has sliding_attention layers but sliding_window is missing")]
    [TestCase(GptOss, "\"sliding_window\": 0", "sliding_window must be a whole number from 1 to 100000000, got 0")]
    [TestCase(GptNeo, "\"attention_types\": [[[\"global\", \"local\"], 2]]", "attention_types has 4 entries for 2 layers")]
    [TestCase(GptNeo, "\"attention_types\": [[[\"global\", \"near\"], 1]]", "attention_types holds the text \"near\"; allowed: global, local")]
    [TestCase(GptNeo, "\"attention_types\": [\"global\"]", "attention_types must hold pairs of a list of types and a count, as [[\"global\", \"local\"], 16]")]
    [TestCase(Mpt, "\"expansion_ratio\": 4", "no_bias is missing")]
    [TestCase(Mpt, "\"no_bias\": true, \"expansion_ratio\": 0", "expansion_ratio must be a whole number from 1 to 100000000, got 0")]
    [TestCase(Mpt, "\"no_bias\": true, \"expansion_ratio\": 4, \"attn_config\": {\"attn_type\": \"grouped_query_attention\", \"kv_n_heads\": 3}", "n_heads 4 is not a multiple of kv_n_heads 3")]
    [TestCase(Mpt, "\"no_bias\": true, \"expansion_ratio\": 4, \"ffn_config\": {\"ffn_type\": \"te\"}", "unknown ffn_type \"te\"; allowed: mptmlp, mptglu")]
    public void Mistakes(string template, string extra, string end) =>
        Refused("{" + template + (extra.Length == 0 ? "" : ", ") + extra + "}", end);

    [TestCase("\"num_hidden_layers\": 48", "\"num_hidden_layers\": 48, \"moe_layers\": [48]", "config.text_config.moe_layers must be a whole number from 0 to 47, got 48")]
    [TestCase("\"num_hidden_layers\": 48", "\"num_hidden_layers\": 48, \"no_rope_layers\": [1, 0]", "no_rope_layers has 2 entries for 48 layers")]
    [TestCase("\"intermediate_size_mlp\": 16384,", "", "config.text_config.intermediate_size_mlp is missing")]
    [TestCase("\"interleave_moe_layer_step\": 2", "\"interleave_moe_layer_step\": 0", "config.text_config.interleave_moe_layer_step must be a whole number from 1 to 100000000, got 0")]
    public void Llama4(string old, string changed, string end)
    {
        string text = Shipped.Text("models/llama4-maverick.json");
        Assert.That(text, Does.Contain(old));
        Refused(text.Replace(old, changed, StringComparison.Ordinal), end);
    }

    private static void Refused(string text, string end)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", text);
        var error = Assert.Throws<InputException>(() => new ModelCatalog().Load(path));
        Assert.That(error.Message, Does.Match("^[^\n]*:[0-9]+:[0-9]+: [^\n]*$").And.EndWith(": " + end));
    }
}
