using NUnit.Framework;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Models;

/// <summary>Totals against checkpoints and model cards; expected values were computed outside this code.</summary>
[TestFixture]
public sealed class ParameterCountTests
{
    private static IEnumerable<TestCaseData> Totals()
    {
        yield return new TestCaseData(TestModels.DeepSeekV3, 671_026_419_200L).SetArgDisplayNames(nameof(TestModels.DeepSeekV3));
        yield return new TestCaseData(TestModels.DeepSeekV2, 235_741_434_880L).SetArgDisplayNames(nameof(TestModels.DeepSeekV2));
        yield return new TestCaseData(TestModels.DeepSeekV2Lite, 15_706_484_224L).SetArgDisplayNames(nameof(TestModels.DeepSeekV2Lite));
        yield return new TestCaseData(TestModels.KimiK2, 1_026_408_232_448L).SetArgDisplayNames(nameof(TestModels.KimiK2));
        yield return new TestCaseData(TestModels.Qwen3With235B, 235_093_634_560L).SetArgDisplayNames(nameof(TestModels.Qwen3With235B));
        yield return new TestCaseData(TestModels.Qwen3With30B, 30_532_122_624L).SetArgDisplayNames(nameof(TestModels.Qwen3With30B));
        yield return new TestCaseData(TestModels.Mixtral8x7B, 46_702_792_704L).SetArgDisplayNames(nameof(TestModels.Mixtral8x7B));
        yield return new TestCaseData(TestModels.Mixtral8x22B, 140_620_634_112L).SetArgDisplayNames(nameof(TestModels.Mixtral8x22B));
        yield return new TestCaseData(TestModels.Glm45, 352_797_829_024L).SetArgDisplayNames(nameof(TestModels.Glm45));
        yield return new TestCaseData(TestModels.Llama8B, 8_030_261_248L).SetArgDisplayNames(nameof(TestModels.Llama8B));
        yield return new TestCaseData(TestModels.Llama70B, 70_553_706_496L).SetArgDisplayNames(nameof(TestModels.Llama70B));
        yield return new TestCaseData(TestModels.Llama405B, 405_853_388_800L).SetArgDisplayNames(nameof(TestModels.Llama405B));
        yield return new TestCaseData(TestModels.Llama2With70B, 68_976_648_192L).SetArgDisplayNames(nameof(TestModels.Llama2With70B));
        yield return new TestCaseData(TestModels.Qwen25With72B, 72_706_203_648L).SetArgDisplayNames(nameof(TestModels.Qwen25With72B));
        yield return new TestCaseData(TestModels.Gpt175B, 174_615_846_912L).SetArgDisplayNames(nameof(TestModels.Gpt175B));
        yield return new TestCaseData(TestModels.Gpt("gpt3-175b", 12288, 96, 96, 50257), 174_604_259_328L).SetArgDisplayNames("Gpt175B with 50257 tokens");
        yield return new TestCaseData(TestModels.Gpt530B, 529_600_819_200L).SetArgDisplayNames(nameof(TestModels.Gpt530B));
        yield return new TestCaseData(TestModels.GptOss20B, 20_914_757_184L).SetArgDisplayNames(nameof(TestModels.GptOss20B));
        yield return new TestCaseData(TestModels.DeepSeekV32, 671_877_944_064L).SetArgDisplayNames(nameof(TestModels.DeepSeekV32));
        yield return new TestCaseData(TestModels.Opt350M, 331_196_416L).SetArgDisplayNames(nameof(TestModels.Opt350M));
        yield return new TestCaseData(TestModels.Bloom176B, 176_247_271_424L).SetArgDisplayNames(nameof(TestModels.Bloom176B));
        yield return new TestCaseData(TestModels.Gpt1T, 1_008_038_758_400L).SetArgDisplayNames(nameof(TestModels.Gpt1T));
    }

    [TestCaseSource(nameof(Totals))]
    public void Total_is_the_published_count(ModelSpec model, long expected) => Assert.That(ParameterCount.Total(model), Is.EqualTo(expected));

    [Test]
    public void Mtp_module_of_V3()
    {
        Assert.That(ParameterCount.MtpModule(TestModels.DeepSeekV3).Total, Is.EqualTo(11_610_068_224L));
        Assert.That(ParameterCount.TotalWithMtp(TestModels.DeepSeekV3), Is.EqualTo(682_636_487_424L));
        Assert.That(ParameterCount.TotalWithMtp(TestModels.Glm45) / 1e6, Is.EqualTo(356_785.9).Within(0.05));
        Assert.That(ParameterCount.MtpModule(TestModels.KimiK2).Total, Is.Zero);
    }

    private static IEnumerable<TestCaseData> ActiveBillions()
    {
        yield return new TestCaseData(TestModels.DeepSeekV3, 37.552, 36.626).SetArgDisplayNames(nameof(TestModels.DeepSeekV3));
        yield return new TestCaseData(TestModels.DeepSeekV2, 21.376, 20.852).SetArgDisplayNames(nameof(TestModels.DeepSeekV2));
        yield return new TestCaseData(TestModels.DeepSeekV2Lite, 2.661, 2.451).SetArgDisplayNames(nameof(TestModels.DeepSeekV2Lite));
        yield return new TestCaseData(TestModels.KimiK2, 32.862, 31.687).SetArgDisplayNames(nameof(TestModels.KimiK2));
        yield return new TestCaseData(TestModels.Qwen3With235B, 22.191, 21.568).SetArgDisplayNames(nameof(TestModels.Qwen3With235B));
        yield return new TestCaseData(TestModels.Qwen3With30B, 3.353, 3.042).SetArgDisplayNames(nameof(TestModels.Qwen3With30B));
        yield return new TestCaseData(TestModels.Mixtral8x7B, 12.880, 12.749).SetArgDisplayNames(nameof(TestModels.Mixtral8x7B));
        yield return new TestCaseData(TestModels.Mixtral8x22B, 39.152, 38.955).SetArgDisplayNames(nameof(TestModels.Mixtral8x22B));
        yield return new TestCaseData(TestModels.GptOss20B, 4.187, 3.608).SetArgDisplayNames(nameof(TestModels.GptOss20B));
        yield return new TestCaseData(TestModels.DeepSeekV32, 38.404, 37.477).SetArgDisplayNames(nameof(TestModels.DeepSeekV32));
        yield return new TestCaseData(TestModels.Glm45, 33.632, 32.856).SetArgDisplayNames(nameof(TestModels.Glm45));
    }

    [TestCaseSource(nameof(ActiveBillions))]
    public void Active_with_and_without_input_embedding(ModelSpec model, double with, double without)
    {
        Assert.That(ParameterCount.Active(model, true) / 1e9, Is.EqualTo(with).Within(0.0005));
        Assert.That(ParameterCount.Active(model, false) / 1e9, Is.EqualTo(without).Within(0.0005));
    }

    [TestCaseSource(nameof(Totals))]
    public void Dense_models_use_all_they_have(ModelSpec model, long expected)
    {
        if (model.Moe is null)
            Assert.That(ParameterCount.Active(model, true), Is.EqualTo(expected));
        else
            Assert.That(ParameterCount.Active(model, true), Is.LessThan(expected));
    }

    private static IEnumerable<TestCaseData> LayerMillions()
    {
        yield return new TestCaseData(TestModels.DeepSeekV3, 583.4834, 11507.2863, 585.3187).SetArgDisplayNames(nameof(TestModels.DeepSeekV3));
        yield return new TestCaseData(TestModels.DeepSeekV2, 337.9814, 3972.1165, 338.8006).SetArgDisplayNames(nameof(TestModels.DeepSeekV2));
        yield return new TestCaseData(TestModels.DeepSeekV2Lite, 81.0071, 584.8479, 83.1043).SetArgDisplayNames(nameof(TestModels.DeepSeekV2Lite));
        yield return new TestCaseData(TestModels.KimiK2, 497.5002, 17059.3652, 500.2531).SetArgDisplayNames(nameof(TestModels.KimiK2));
        yield return new TestCaseData(TestModels.Qwen3With235B, 0, 2487.7550, 222.8308).SetArgDisplayNames(nameof(TestModels.Qwen3With235B));
        yield return new TestCaseData(TestModels.Qwen3With30B, 0, 623.1206, 56.8896).SetArgDisplayNames(nameof(TestModels.Qwen3With30B));
        yield return new TestCaseData(TestModels.Mixtral8x7B, 0, 1451.2701, 394.3055).SetArgDisplayNames(nameof(TestModels.Mixtral8x7B));
        yield return new TestCaseData(TestModels.Mixtral8x22B, 0, 2504.0609, 692.1216).SetArgDisplayNames(nameof(TestModels.Mixtral8x22B));
        yield return new TestCaseData(TestModels.Glm45, 325.0834, 3935.6256, 349.4957).SetArgDisplayNames(nameof(TestModels.Glm45));
        yield return new TestCaseData(TestModels.Llama8B, 218.1120, 0, 0).SetArgDisplayNames(nameof(TestModels.Llama8B));
        yield return new TestCaseData(TestModels.Llama70B, 855.6544, 0, 0).SetArgDisplayNames(nameof(TestModels.Llama70B));
        yield return new TestCaseData(TestModels.Llama405B, 3187.7038, 0, 0).SetArgDisplayNames(nameof(TestModels.Llama405B));
    }

    [TestCaseSource(nameof(LayerMillions))]
    public void Layers(ModelSpec model, double dense, double moe, double active)
    {
        if (model.DenseMlp is not null)
            Assert.That(ParameterCount.DenseLayer(model).Total / 1e6, Is.EqualTo(dense).Within(6e-5));
        if (model.Moe is null)
            return;
        Assert.That(ParameterCount.MoeLayer(model).Total / 1e6, Is.EqualTo(moe).Within(6e-5));
        Assert.That(ParameterCount.ActiveMoeLayer(model).Total / 1e6, Is.EqualTo(active).Within(6e-5));
    }

    [Test]
    public void Parts_of_a_V3_layer()
    {
        var attention = ParameterCount.Attention(TestModels.DeepSeekV3);
        Assert.That(attention.SplitMatrices, Is.EqualTo(37_748_736 + 16_777_216 + 117_440_512));
        Assert.That(attention.CopiedMatrices, Is.EqualTo(11_010_048 + 4_128_768));
        Assert.That(attention.CopiedVectors, Is.EqualTo(2_048));
        Assert.That(ParameterCount.Expert(TestModels.DeepSeekV3).Total, Is.EqualTo(44_040_192));
        Assert.That(ParameterCount.Router(TestModels.DeepSeekV3), Is.EqualTo(new PartParameters(0, 1_835_008, 0, 256)));
        Assert.That(ParameterCount.Head(TestModels.DeepSeekV3).Total, Is.EqualTo(926_679_040));
        Assert.That(ParameterCount.Attention(TestModels.DeepSeekV2).Total / 1e6, Is.EqualTo(149.2275).Within(6e-5));
        Assert.That(ParameterCount.Attention(TestModels.DeepSeekV2Lite).Total / 1e6, Is.EqualTo(13.7631).Within(6e-5));
        Assert.That(ParameterCount.Attention(TestModels.KimiK2).Total / 1e6, Is.EqualTo(101.1241).Within(6e-5));
    }

    /// <summary>A second formula: 12 L h^2 (1 + 13/(12h) + (V+s)/(12 L h)) and the final norm (Narayanan et al. 2021, equation 2).</summary>
    [Test]
    public void Gpt_closed_form()
    {
        const long h = 25600, layers = 128, vocabulary = 51200, positions = 2048;
        Assert.That(ParameterCount.Total(TestModels.Gpt1T), Is.EqualTo((layers * ((12 * h * h) + (13 * h))) + ((vocabulary + positions) * h) + (2 * h)));
    }

    [Test]
    public void Tensor_ranks_divide_matrices_and_copy_norms()
    {
        var layer = ParameterCount.DenseLayer(TestModels.Gpt175B);
        const long h = 12288;
        Assert.That(layer.SplitVectors, Is.EqualTo(7 * h), "qkv and first MLP bias");
        Assert.That(layer.CopiedVectors, Is.EqualTo(6 * h), "output biases and two layer norms");
        Assert.That(layer.OnTensorRank(8), Is.EqualTo((12 * h * h / 8) + (7 * h / 8) + (6 * h)));
        Assert.That(layer.OnTensorRank(1), Is.EqualTo(layer.Total));
    }
}
