using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Memory;

/// <summary>Bytes a token keeps, against sums written out by hand.</summary>
[TestFixture]
public sealed class ActivationMemoryTests
{
    private const double Tokens = 4096;
    private static readonly ModelSpec V3 = TestModels.DeepSeekV3;

    /// <summary>Two norm and two GEMM inputs, gate, up and product, in BF16.</summary>
    private const double V3DenseHalf = (4 * 7168) + (3 * 2 * 18432);

    [Test]
    public void Latent_attention_keeps_201344_bytes_a_token() =>
        Assert.That(PerToken(V3, LayerKind.Dense, RecomputePolicy.None, Precision.Bf16) - V3DenseHalf, Is.EqualTo(201_344));

    [Test]
    public void Latent_attention_keeps_43648_bytes_under_DeepSeeks_policy()
    {
        // Norm input in BF16; gate and up in FP8 with a scale for 128.
        const double dense = (2 * 7168) + (2 * 18432 * (1 + (4.0 / 128)));
        Assert.That(PerToken(V3, LayerKind.Dense, TestMachines.Selective, Precision.Fp8) - dense, Is.EqualTo(43_648));
    }

    [Test]
    public void Experts_keep_255040_bytes_a_token() =>
        Assert.That(PerToken(V3, LayerKind.Moe, RecomputePolicy.None, Precision.Bf16), Is.EqualTo(201_344 + 255_040));

    [Test]
    public void Experts_keep_112576_bytes_under_DeepSeeks_policy() =>
        Assert.That(PerToken(V3, LayerKind.Moe, TestMachines.Selective, Precision.Fp8), Is.EqualTo(43_648 + 112_576));

    [TestCase(false, 1783)]
    [TestCase(true, 610)]
    public void Layer_of_V3_keeps(bool policy, double mebibytes)
    {
        var layer = Layer(V3, LayerKind.Moe, policy ? TestMachines.Selective : RecomputePolicy.None, policy ? Precision.Fp8 : Precision.Bf16);
        Assert.That(layer.Activations / (1 << 20), Is.EqualTo(mebibytes).Within(0.5));
    }

    [TestCaseSource(nameof(GroupedQueryModels))]
    public void Flash_attention_with_gated_mlp(ModelSpec model)
    {
        double h = model.Hidden;
        var attention = (GroupedQueryAttention)model.Attention;
        double queries = attention.Heads * attention.HeadWidth;
        double keyValues = 2.0 * attention.KeyValueHeads * attention.HeadWidth;

        // Norm and QKV inputs; q, k, v; output, also the input of its projection; log-sum-exp; norm and MLP inputs; gate, up, product.
        var bytes = (2 * h) + (2 * h) + (2 * (queries + keyValues)) + (2 * queries) + (4 * attention.Heads) + (2 * h) + (2 * h) + (3 * 2 * model.DenseMlp!.Width);
        Assert.That(PerToken(model, LayerKind.Dense, RecomputePolicy.None, Precision.Bf16), Is.EqualTo(bytes));
    }

    [Test]
    public void Full_recompute_keeps_the_input([Values] LayerKind kind) =>
        Assert.That(PerToken(V3, kind, RecomputePolicy.Full, Precision.Bf16), Is.EqualTo(2 * 7168));

    [Test]
    public void Tensor_and_context_ranks_divide_it()
    {
        var whole = Layer(V3, LayerKind.Moe, RecomputePolicy.None, Precision.Bf16).Activations;
        var costs = Costs(V3, Precision.Bf16);
        Assert.That(costs.Layer(LayerKind.Moe, new LayerKey(4, 2, 64, 1, RecomputePolicy.None)).Activations, Is.EqualTo(whole / 8).Within(1e-9).Percent);
        Assert.That(costs.Layer(LayerKind.Moe, new LayerKey(1, 1, 64, 3, RecomputePolicy.None)).Activations, Is.EqualTo(3 * whole).Within(1e-9).Percent);
    }

    [Test]
    public void Uneven_load_multiplies_what_experts_keep_of_their_rows()
    {
        var even = Costs(V3, Precision.Bf16).Layer(LayerKind.Moe, Key(RecomputePolicy.None)).Activations;
        var busy = new LayerCosts(V3, TestMachines.Machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16, 1.5))
            .Layer(LayerKind.Moe, Key(RecomputePolicy.None)).Activations;
        Assert.That(busy - even, Is.EqualTo(0.5 * Tokens * 8 * ((2 * 7168) + (3 * 2 * 2048))).Within(1e-9).Percent);
    }

    [Test]
    public void Logits_take_two_gibibytes_in_fp32_and_half_of_that_in_bf16()
    {
        var head = Costs(V3, Precision.Fp8).Head(Key(RecomputePolicy.None), holdsEmbedding: true);
        Assert.That(head.Transient / (1 << 30), Is.EqualTo(1.97 + 0.99).Within(0.01));
    }

    private static IEnumerable<ModelSpec> GroupedQueryModels() => [TestModels.Llama8B, TestModels.Llama70B, TestModels.Llama405B, TestModels.Qwen25With72B];

    private static LayerKey Key(RecomputePolicy recompute) => new(1, 1, 64, 1, recompute);

    private static LayerCosts Costs(ModelSpec model, Precision precision) =>
        new(model, TestMachines.Machine, TestMachines.Stack, TestMachines.Workload(precision));

    private static LayerCost Layer(ModelSpec model, LayerKind kind, RecomputePolicy recompute, Precision precision) =>
        Costs(model, precision).Layer(kind, Key(recompute));

    private static double PerToken(ModelSpec model, LayerKind kind, RecomputePolicy recompute, Precision precision) =>
        Layer(model, kind, recompute, precision).Activations / Tokens;
}
