using NUnit.Framework;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Models;

/// <summary>GFLOP a token at 4096 tokens; V2 and V3 agree with arXiv 2505.09343, table 2.</summary>
[TestFixture]
public sealed class TrainingFlopsTests
{
    private static IEnumerable<TestCaseData> Table()
    {
        yield return new TestCaseData(TestModels.DeepSeekV3, 214.2, 5.6, 30.7, 250.45, 281.15).SetArgDisplayNames(nameof(TestModels.DeepSeekV3));
        yield return new TestCaseData(TestModels.DeepSeekV2, 122.0, 3.1, 30.2, 155.3, 185.5).SetArgDisplayNames(nameof(TestModels.DeepSeekV2));
        yield return new TestCaseData(TestModels.Qwen25With72B, 421.3, 7.5, 16.1, 444.9, 461.0).SetArgDisplayNames(nameof(TestModels.Qwen25With72B));
        yield return new TestCaseData(TestModels.Llama405B, 2409.9, 12.6, 50.7, 2473.2, 2524.0).SetArgDisplayNames(nameof(TestModels.Llama405B));
    }

    [TestCaseSource(nameof(Table))]
    public void Per_token(ModelSpec model, double linear, double head, double attention, double causal, double nonCausal)
    {
        var flops = TrainingFlops.PerToken(model, 4096);
        Assert.That(flops.Linear.Value / 1e9, Is.EqualTo(linear).Within(0.06));
        Assert.That(flops.Head.Value / 1e9, Is.EqualTo(head).Within(0.06));
        Assert.That(flops.Attention.Value / 1e9, Is.EqualTo(attention).Within(0.06));
        Assert.That(flops.Total.Value / 1e9, Is.EqualTo(causal).Within(0.06));
        Assert.That(TrainingFlops.PerToken(model, 4096, causal: false).Total.Value / 1e9, Is.EqualTo(nonCausal).Within(0.06));
    }

    [Test]
    public void V3_to_the_second_digit_and_with_mtp()
    {
        Assert.That(TrainingFlops.PerToken(TestModels.DeepSeekV3, 4096).Total.Value / 1e9, Is.EqualTo(250.45).Within(0.005));
        Assert.That(TrainingFlops.PerToken(TestModels.DeepSeekV3, 4096, causal: false).Total.Value / 1e9, Is.EqualTo(281.15).Within(0.005));
        Assert.That(TrainingFlops.PerToken(TestModels.DeepSeekV3, 4096, withMtp: true).Total.Value / 1e9, Is.EqualTo(260.64).Within(0.005));
        Assert.That(
            TrainingFlops.PerToken(TestModels.DeepSeekV3, 4096, causal: false, withMtp: true).Total.Value / 1e9,
            Is.EqualTo(291.85).Within(0.005));
    }

    /// <summary>Narayanan et al. 2021: 72 L h^2 (1 + s/(6h) + V/(12 L h)) a token without recomputation, attention not halved.</summary>
    [Test]
    public void Gpt_closed_form()
    {
        const double h = 12288, layers = 96, vocabulary = 51200, s = 2048;
        double expected = 72 * layers * h * h * (1 + (s / (6 * h)) + (vocabulary / (12 * layers * h)));
        Assert.That(TrainingFlops.PerToken(TestModels.Gpt175B, 2048, causal: false).Total.Value, Is.EqualTo(expected).Within(1e-9).Percent);
    }

    [Test]
    public void A_model_without_modules_pays_nothing_for_them() => Assert.That(
        TrainingFlops.PerToken(TestModels.KimiK2, 4096, withMtp: true),
        Is.EqualTo(TrainingFlops.PerToken(TestModels.KimiK2, 4096)));
}
