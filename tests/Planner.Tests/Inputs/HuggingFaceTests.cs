using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class HuggingFaceTests
{
    [TestCase("deepseek-v3")]
    [TestCase("deepseek-r1")]
    [TestCase("deepseek-v2")]
    [TestCase("deepseek-v2-lite")]
    [TestCase("kimi-k2")]
    [TestCase("llama-3.1-8b")]
    [TestCase("llama-3.1-70b")]
    [TestCase("llama-3.1-405b")]
    [TestCase("gpt3-175b")]
    [TestCase("mixtral-8x7b")]
    [TestCase("mixtral-8x22b")]
    [TestCase("qwen3-235b-a22b")]
    [TestCase("qwen3-30b-a3b")]
    public void ConfigOfTheMakers_IsTheCatalogsShape(string slug)
    {
        ModelSpec shipped = new ModelCatalog().Load(slug).Spec;
        ModelSpec published = new ModelCatalog().Load(Shipped.HuggingFace(slug)).Spec;
        Assert.That(published.Layers, Is.EqualTo(shipped.Layers));
        Assert.That(published with { Name = "", Layers = [] }, Is.EqualTo(shipped with { Name = "", Layers = [] }));
    }

    // Exact totals and active counts (1e9, input embedding included) computed elsewhere from the same formulas and checked against the publications.
    [TestCase("deepseek-v3", 671_026_419_200, 37.552)]
    [TestCase("deepseek-v2", 235_741_434_880, 21.376)]
    [TestCase("deepseek-v2-lite", 15_706_484_224, 2.661)]
    [TestCase("kimi-k2", 1_026_408_232_448, 32.862)]
    [TestCase("qwen3-235b-a22b", 235_093_634_560, 22.191)]
    [TestCase("qwen3-30b-a3b", 30_532_122_624, 3.353)]
    [TestCase("mixtral-8x7b", 46_702_792_704, 12.880)]
    [TestCase("mixtral-8x22b", 140_620_634_112, 39.152)]
    [TestCase("glm-4.5", 352_797_829_024, 33.632)]
    [TestCase("llama-3.1-8b", 8_030_261_248, 8.030)]
    [TestCase("llama-3.1-70b", 70_553_706_496, 70.554)]
    [TestCase("llama-3.1-405b", 405_853_388_800, 405.853)]
    [TestCase("llama-2-70b", 68_976_648_192, 68.977)]
    [TestCase("qwen2.5-72b", 72_706_203_648, 72.706)]
    [TestCase("gpt3-175b", 174_615_846_912, 174.616)]
    [TestCase("megatron-1t", 1_008_038_758_400, 1008.039)]
    public void Shape_CountsToTheKnownTotals(string slug, long total, double activeBillions)
    {
        ModelSpec model = new ModelCatalog().Load(Shipped.HuggingFace(slug)).Spec;
        Assert.That(HandCount.Total(model), Is.EqualTo(total));
        Assert.That(HandCount.Active(model) / 1e9, Is.EqualTo(activeBillions).Within(0.0006));
    }

    [Test]
    public void DeepSeekV3_IsReadWhole()
    {
        ModelSpec v3 = new ModelCatalog().Load("v3-671b").Spec;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(v3.Layers, Has.Length.EqualTo(61));
            Assert.That(v3.LeadingDenseLayers, Is.EqualTo(3));
            Assert.That(v3.MoeLayers, Is.EqualTo(58));
            Assert.That(v3.Attention, Is.EqualTo(new LatentAttention(128, 1536, 512, 128, 64, 128)));
            Assert.That(v3.DenseMlp, Is.EqualTo(new MlpSpec(18432, Activation.SwiGlu, Bias: false)));
            Assert.That(v3.Moe, Is.EqualTo(new MoeSpec(256, 8, 2048, 2048, new RouterSpec(8, 4, GroupScore.TopTwoSum, CorrectionBias: true))));
            Assert.That((v3.MtpModules, v3.TiedEmbeddings, v3.LearnedPositions, v3.Norm), Is.EqualTo((1, false, 0, Norm.Rms)));
        }
    }

    [Test]
    public void Families_DifferWhereTheyShould()
    {
        var catalog = new ModelCatalog();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(catalog.Load("v2-236b").Spec.Moe!.Router, Is.EqualTo(new RouterSpec(8, 3, GroupScore.Highest, CorrectionBias: false)));
            Assert.That(catalog.Load("v2-lite-16b").Spec.Attention, Is.EqualTo(new LatentAttention(16, 0, 512, 128, 64, 128)));
            Assert.That(catalog.Load("v2-lite-16b").Spec.Moe!.Router.Groups, Is.EqualTo(1));
            Assert.That(catalog.Load("kimi-k2").Spec.Moe!.Router, Is.EqualTo(new RouterSpec(1, 1, GroupScore.TopTwoSum, CorrectionBias: true)));
            Assert.That(catalog.Load("qwen3-235b").Spec.Attention, Is.EqualTo(new GroupedQueryAttention(64, 4, 128, false, false, true, true)));
            Assert.That(catalog.Load("mixtral-8x7b").Spec.Attention, Is.EqualTo(new GroupedQueryAttention(32, 8, 128, false, false, false, true)));
            Assert.That(catalog.Load("mixtral-8x7b").Spec.DenseMlp, Is.Null);
            Assert.That(catalog.Load("llama3.1-8b").Spec.Moe, Is.Null);
            Assert.That(catalog.Load("gpt3-175b").Spec.Attention, Is.EqualTo(new GroupedQueryAttention(96, 96, 128, true, true, false, false)));
            Assert.That(catalog.Load("gpt3-175b").Spec.LearnedPositions, Is.EqualTo(2048));
            Assert.That(catalog.Load(Shipped.HuggingFace("qwen2.5-72b")).Spec.Attention, Is.EqualTo(new GroupedQueryAttention(64, 8, 128, true, false, false, true)));
        }
    }
}
