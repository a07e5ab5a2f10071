using NUnit.Framework;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>What a user reads when a config.json cannot be used, word for word.</summary>
[TestFixture]
public sealed class ConfigErrorTests
{
    private const string Known =
        "Known: DeepseekV3ForCausalLM, DeepseekV2ForCausalLM, DeepseekV32ForCausalLM, GlmMoeDsaForCausalLM, LlamaForCausalLM, MistralForCausalLM, "
        + "Qwen2ForCausalLM, Qwen3ForCausalLM, Phi3ForCausalLM, MixtralForCausalLM, Qwen3MoeForCausalLM, Glm4MoeForCausalLM, GptOssForCausalLM, "
        + "Llama4ForConditionalGeneration, Llama4ForCausalLM, NemotronForCausalLM, GPT2LMHeadModel, GPTNeoXForCausalLM, GPTNeoForCausalLM, "
        + "OPTForCausalLM, BloomForCausalLM, MPTForCausalLM, MptForCausalLM";

    [TestCase("\"num_attention_heads\": 128,", "", "1:1: num_attention_heads is missing")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": \"7168\"", "9:18: hidden_size must be a whole number, got the text \"7168\"")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": 0", "9:18: hidden_size must be a whole number from 1 to 100000000, got 0")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": -7168", "9:18: hidden_size must be a whole number from 1 to 100000000, got -7168")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": 7168.5", "9:18: hidden_size must be a whole number from 1 to 100000000, got 7168.5")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": 1e30", "9:18: hidden_size must be a whole number from 1 to 100000000, got 1e30")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": [7168]", "9:18: hidden_size must be a whole number, got an array")]
    [TestCase("\"hidden_size\": 7168", "\"hidden_size\": null", "9:18: hidden_size must not be null")]
    [TestCase("\"num_hidden_layers\": 61", "\"num_hidden_layers\": 2000000000", "22:24: num_hidden_layers must be a whole number from 1 to 10000, got 2000000000")]
    [TestCase("\"num_experts_per_tok\": 8", "\"num_experts_per_tok\": 257", "21:26: num_experts_per_tok 257 is above n_routed_experts 256")]
    [TestCase("\"n_group\": 8", "\"n_group\": 7", "16:14: n_group 7 does not divide n_routed_experts 256")]
    [TestCase("\"topk_group\": 4", "\"topk_group\": 9", "42:17: topk_group 9 is above n_group 8")]
    [TestCase("\"n_group\": 8", "\"n_group\": 256", "42:17: num_experts_per_tok 8 does not fit in topk_group 4 groups of 1 experts")]
    [TestCase("\"first_k_dense_replace\": 3", "\"first_k_dense_replace\": 62", "7:28: first_k_dense_replace 62 is above num_hidden_layers 61")]
    [TestCase("\"num_nextn_predict_layers\": 1", "\"num_nextn_predict_layers\": 2", "24:31: num_nextn_predict_layers must be a whole number from 0 to 1, got 2")]
    [TestCase("\"noaux_tc\"", "\"magic\"", "43:18: unknown topk_method \"magic\"; allowed: noaux_tc, group_limited_greedy, greedy")]
    [TestCase("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": 0", "41:26: tie_word_embeddings must be true or false, got 0")]
    [TestCase("\"n_shared_experts\": 1", "\"n_shared_experts\": 99999999", "18:23: n_shared_experts times moe_intermediate_size must be at most 100000000, got 204799997952")]
    [TestCase("DeepseekV3ForCausalLM", "DeepseekV4ForCausalLM", "1:1: unknown architecture \"DeepseekV4ForCausalLM\". Did you mean DeepseekV2ForCausalLM or DeepseekV3ForCausalLM or DeepseekV32ForCausalLM? " + Known)]
    [TestCase("\"vocab_size\": 129280", "\"vocab_size\": 129280, \"vocab_size\": 1", "45:25: \"vocab_size\" is given twice; keep one")]
    public void DeepSeek(string old, string changed, string line) => Refused("deepseek-v3", old, changed, line);

    [TestCase("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 7", "num_attention_heads 128 is not a multiple of num_key_value_heads 7")]
    [TestCase("\"num_attention_heads\": 128", "\"num_attention_heads\": 136", "hidden width 16384 is not a multiple of num_attention_heads 136; give head_dim where they are independent")]
    [TestCase("LlamaForCausalLM", "BertModel", "unknown architecture \"BertModel\". " + Known)]
    public void Llama(string old, string changed, string end)
    {
        string text = Changed("llama-3.1-405b", old, changed);
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", text);
        Assert.That(() => new ModelCatalog().Load(path), Throws.TypeOf<InputException>().With.Message.EndsWith(": " + end));
    }

    [TestCase("{}", "1:1: not a language model's config.json: it has neither architectures nor model_type; use the file that ships with the weights")]
    [TestCase("{\"architectures\": []}", "1:1: not a language model's config.json: it has neither architectures nor model_type; use the file that ships with the weights")]
    [TestCase("{\"architectures\": 5}", "1:19: architectures must be an array, got 5")]
    [TestCase("{\"architectures\": [5]}", "1:20: architectures must be a text, got 5")]
    [TestCase("{\"model_type\": \"mamba\"}", "1:1: unknown architecture \"mamba\". " + Known)]
    [TestCase("[]", "1:1: the file must be an object, got an array")]
    [TestCase("42", "1:1: the file must be an object, got 42")]
    public void NotAModel(string text, string line)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", text);
        var error = Assert.Throws<InputException>(() => new ModelCatalog().Load(path));
        Assert.That(error.Message, Is.EqualTo($"{path}:{line}"));
    }

    [Test]
    public void UnknownFields_AreIgnored()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", Changed("deepseek-v3", "\"vocab_size\"", "\"torch_dtype\": \"bfloat16\", \"vocab_size\""));
        Assert.That(() => new ModelCatalog().Load(path), Throws.Nothing);
    }

    [Test]
    public void ModelType_IsEnough_AndTextConfigIsFound()
    {
        using var folder = new TemporaryFolder();
        string plain = Changed("deepseek-v3", "\"architectures\"", "\"was_architectures\"");
        string nested = $"{{\"architectures\": [\"SomethingForConditionalGeneration\"], \"text_config\": {plain}}}";
        LoadedModel whole = new ModelCatalog().Load(Shipped.HuggingFace("deepseek-v3"));
        LoadedModel byType = new ModelCatalog().Load(folder.Write("a.json", plain));
        LoadedModel inside = new ModelCatalog().Load(folder.Write("b.json", nested));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(byType.Spec.Moe, Is.EqualTo(whole.Spec.Moe));
            Assert.That(inside.Spec.Attention, Is.EqualTo(whole.Spec.Attention));
            Assert.That(inside.Notes, Is.EqualTo((string[])["only the language model under text_config is planned"]));
        }
    }

    [Test]
    public void SlidingWindow_IsReadWhereItIsOn()
    {
        using var folder = new TemporaryFolder();
        string on = Changed("mixtral-8x7b", "\"sliding_window\": null", "\"sliding_window\": 4096");
        string off = Changed("qwen3-30b-a3b", "\"sliding_window\": null", "\"sliding_window\": 4096");
        Assert.That(FamilyTests.Window(new ModelCatalog().Load(folder.Write("on.json", on)).Spec), Is.EqualTo((4096, 32, false)));
        Assert.That(new ModelCatalog().Load(folder.Write("off.json", off)).Spec.Window, Is.Null, "use_sliding_window is false there");
    }

    private static string Changed(string slug, string old, string changed)
    {
        string text = File.ReadAllText(Shipped.HuggingFace(slug));
        Assert.That(text, Does.Contain(old));
        return text.Replace(old, changed, StringComparison.Ordinal);
    }

    private static void Refused(string slug, string old, string changed, string line)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", Changed(slug, old, changed));
        var error = Assert.Throws<InputException>(() => new ModelCatalog().Load(path));
        Assert.That(error.Message, Is.EqualTo($"{path}:{line}"));
    }
}
