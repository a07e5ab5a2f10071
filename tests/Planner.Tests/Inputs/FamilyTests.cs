using System.Text.Json.Nodes;
using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>What sets each family apart, and that a file cut to a few layers reads like the whole one.</summary>
[TestFixture]
public sealed class FamilyTests
{
    [Test]
    public void GptOss_HasBiasesSinksAndTheWindowInHalfItsLayers()
    {
        ModelSpec model = new ModelCatalog().Load("gpt-oss-20b").Spec;
        Assert.That(model.Attention, Is.EqualTo(new GroupedQueryAttention(64, 8, 64, true, true, false, true) { Sinks = true }));
        Assert.That(model.Moe, Is.EqualTo(new MoeSpec(32, 4, 2880, 0, new RouterSpec(1, 1, GroupScore.Highest, false)) { ExpertBias = true, RouterBias = true }));
        Assert.That(Window(model), Is.EqualTo((128, 12, false)));
    }

    [Test]
    public void Llama4_AlternatesAndChunks()
    {
        ModelSpec model = new ModelCatalog().Load("llama4-maverick").Spec;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Layers.Select((kind, index) => kind == (index % 2 == 1 ? LayerKind.Moe : LayerKind.Dense)), Is.All.True);
            Assert.That((model.LeadingDenseLayers, model.MoeLayers, model.LayersFromFirstMoe, model.DenseLayersAmongMoe), Is.EqualTo((1, 24, 47, 23)));
            Assert.That(model.DenseMlp!.Width, Is.EqualTo(16384));
            Assert.That((model.Moe!.ExpertWidth, model.Moe.SharedWidth, model.Moe.TopK), Is.EqualTo((8192, 8192, 1)));
            Assert.That(Window(model), Is.EqualTo((8192, 36, true)));
        }
    }

    [Test]
    public void OlderFamilies_DifferWhereTheyShould()
    {
        var catalog = new ModelCatalog();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog.Load("nemotron4-15b").Spec.DenseMlp, Is.EqualTo(new MlpSpec(24576, Activation.SquaredRelu, Bias: false)));
            Assert.That(catalog.Load("nemotron4-15b").Spec.Norm, Is.EqualTo(Norm.Layer));
            Assert.That(catalog.Load("gpt-neox-20b").Spec.Attention, Is.EqualTo(new GroupedQueryAttention(64, 64, 96, true, true, false, true)));
            Assert.That(catalog.Load("gpt-neox-20b").Spec.TiedEmbeddings, Is.False);
            Assert.That(catalog.Load("gpt-neo-2.7b").Spec.Attention, Is.EqualTo(new GroupedQueryAttention(20, 20, 128, false, true, false, false)));
            Assert.That(Window(catalog.Load("gpt-neo-2.7b").Spec), Is.EqualTo((256, 16, false)));
            Assert.That(catalog.Load("opt-175b").Spec.LearnedPositions, Is.EqualTo(2050));
            Assert.That(catalog.Load("opt-175b").Spec.DenseMlp!.Activation, Is.EqualTo(Activation.Relu));
            Assert.That((catalog.Load("opt-350m").Spec.EmbeddingWidth, catalog.Load("opt-350m").Spec.FinalNorm), Is.EqualTo((512, false)));
            Assert.That((catalog.Load("bloom-176b").Spec.EmbeddingNorm, catalog.Load("bloom-176b").Spec.LearnedPositions), Is.EqualTo((true, 0)));
            Assert.That((catalog.Load("mpt-7b").Spec.Norm, catalog.Load("mpt-7b").Spec.LearnedPositions), Is.EqualTo((Norm.LayerScale, 0)));
            Assert.That(Window(catalog.Load("mistral-7b").Spec), Is.EqualTo((4096, 32, false)));
            Assert.That(((LatentAttention)catalog.Load("v3.2-671b").Spec.Attention).Indexer, Is.EqualTo(new SparseIndexer(64, 128, 2048)));
        }
    }

    [Test]
    public void Phi3_CountsToItsReleasedWeights() => Assert.That(
        ParameterCount.Total(Read(
            """
            {"architectures": ["Phi3ForCausalLM"], "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32, "num_attention_heads": 32,
             "num_key_value_heads": 32, "vocab_size": 32064, "sliding_window": 2047, "tie_word_embeddings": false}
            """)),
        Is.EqualTo(3_821_079_552));

    [Test]
    public void GlmMoeDsa_IsReadByItsListOfLayers()
    {
        ModelSpec model = Read(
            """
            {"architectures": ["GlmMoeDsaForCausalLM"], "hidden_size": 64, "intermediate_size": 128, "moe_intermediate_size": 32, "n_routed_experts": 8,
             "n_shared_experts": 1, "num_experts_per_tok": 2, "num_hidden_layers": 3, "num_attention_heads": 4, "q_lora_rank": 8, "kv_lora_rank": 8,
             "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8, "vocab_size": 100, "mlp_layer_types": ["dense", "sparse", "sparse"],
             "index_n_heads": 2, "index_head_dim": 8, "index_topk": 16}
            """);
        Assert.That(model.LeadingDenseLayers, Is.EqualTo(1));
        Assert.That(ParameterCount.Total(model), Is.EqualTo(HandCount.Total(model)));
        Assert.That(((LatentAttention)model.Attention).Indexer, Is.EqualTo(new SparseIndexer(2, 8, 16)));
    }

    // A cut file loses exactly the parameters of the layers that are cut off.
    [TestCase("v3-671b", "num_hidden_layers", 5)]
    [TestCase("v3.2-671b", "num_hidden_layers", 4)]
    [TestCase("kimi-k2", "num_hidden_layers", 2)]
    [TestCase("llama3.1-8b", "num_hidden_layers", 1)]
    [TestCase("mistral-7b", "num_hidden_layers", 3)]
    [TestCase("qwen2.5-72b", "num_hidden_layers", 7)]
    [TestCase("qwen3-32b", "num_hidden_layers", 7)]
    [TestCase("qwen3-30b", "num_hidden_layers", 2)]
    [TestCase("mixtral-8x7b", "num_hidden_layers", 2)]
    [TestCase("grok-1", "num_hidden_layers", 2)]
    [TestCase("glm4.5-355b", "num_hidden_layers", 4)]
    [TestCase("llama4-maverick", "num_hidden_layers", 5)]
    [TestCase("nemotron4-15b", "num_hidden_layers", 2)]
    [TestCase("gpt3-175b", "n_layer", 3)]
    [TestCase("gpt-neox-20b", "num_hidden_layers", 3)]
    [TestCase("opt-175b", "num_hidden_layers", 3)]
    [TestCase("bloom-176b", "n_layer", 3)]
    [TestCase("mpt-7b", "n_layers", 3)]
    public void FewerLayers_ReadLikeTheWhole(string name, string field, int layers)
    {
        ModelSpec whole = new ModelCatalog().Load(name).Spec;
        JsonNode config = JsonNode.Parse(Shipped.Text($"models/{name}.json"))!["config"]!;
        (config["text_config"] ?? config)[field] = layers;
        ModelSpec cut = Read(config.ToJsonString());
        Assert.That(cut.Layers, Is.EqualTo(whole.Layers.Take(layers)));
        long lost = whole.Layers.Skip(layers).Sum(kind => ParameterCount.Layer(whole, kind).Total);
        Assert.That(HandCount.Total(cut), Is.EqualTo(ParameterCount.Total(whole) - lost));
    }

    [Test]
    public void ListsOfTypes_AreCutWithTheLayers()
    {
        JsonNode config = JsonNode.Parse(Shipped.Text("models/gpt-oss-20b.json"))!["config"]!;
        config["num_hidden_layers"] = 3;
        config["layer_types"] = new JsonArray("full_attention", "sliding_attention", "full_attention");
        Assert.That(Window(Read(config.ToJsonString())), Is.EqualTo((128, 1, false)));
        config["layer_types"] = null;
        Assert.That(Window(Read(config.ToJsonString())), Is.EqualTo((128, 2, false)), "the first slides where nothing is listed");
    }

    private static ModelSpec Read(string text)
    {
        using var folder = new TemporaryFolder();
        return new ModelCatalog().Load(folder.Write("config.json", text)).Spec;
    }

    internal static (int Tokens, int Layers, bool Chunked)? Window(ModelSpec model) =>
        model.Window is { } window ? (window.Tokens, window.Count, window.Chunked) : null;
}
