using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Memory;

/// <summary>What is needed for a moment, and what is held all the time beside states and activations, against sums written out by hand.</summary>
[TestFixture]
public sealed class TransientMemoryTests
{
    private const double Tokens = 4096;
    private const double Logits = Tokens * 128256;
    private static readonly ModelSpec Llama = TestModels.Llama70B;

    private static readonly MemoryRates Fused = TestMachines.Stack.Memory with
    {
        DummyGradients = true,
        LossBytes = 2,
        Workspace = new Bytes(64),
        ExpertWorkspace = new Bytes(1000),
    };

    [TestCase(1)]
    [TestCase(8)]
    public void Gate_and_ups_gradient_and_the_residuals(int tp) =>
        Assert.That(Layer(Llama, TestMachines.Stack, tp).Transient, Is.EqualTo(Tokens / tp * ((4 * 28672) + (2 * 8192))).Within(1e-9).Percent);

    [Test]
    public void Without_sequence_parallelism_the_residuals_gradient_is_whole()
    {
        var stack = TestMachines.Stack with { SequenceParallel = false };
        Assert.That(Layer(Llama, stack, 8).Transient, Is.EqualTo((Tokens / 8 * 4 * 28672) + (Tokens * 2 * 8192)).Within(1e-9).Percent);
    }

    [Test]
    public void A_recomputed_product_is_there_beside_its_gradient() => Assert.That(
        Layer(Llama, TestMachines.Stack, 1, TestMachines.Selective).Transient,
        Is.EqualTo(Tokens * ((6 * 28672) + (2 * 8192))).Within(1e-9).Percent);

    [Test]
    public void Full_recomputation_brings_a_whole_layer_back()
    {
        var none = Layer(Llama, TestMachines.Stack, 1);
        var full = Layer(Llama, TestMachines.Stack, 1, RecomputePolicy.Full);
        Assert.That(full.Transient + full.Activations, Is.EqualTo(none.Transient + none.Activations).Within(1e-9).Percent);
    }

    [TestCase(RecomputeModules.CoreAttention, 5.0 * 96 * 2048 * 2048)]
    [TestCase(RecomputeModules.Mlp, 2.0 * 2048 * 8 * 12288)]
    public void A_recomputed_part_comes_back(RecomputeModules modules, double bytes)
    {
        var stack = TestMachines.Stack with { Attention = AttentionKernel.Unfused, Dropout = true };
        var workload = new Workload(2048, 64, Precision.Bf16, null);
        LayerCost Of(RecomputePolicy policy) => new LayerCosts(TestModels.Gpt175B, TestMachines.Machine, stack, workload)
            .Layer(LayerKind.Dense, new LayerKey(1, 1, 1, 1, policy));
        var (none, some) = (Of(RecomputePolicy.None), Of(new RecomputePolicy("some", modules)));
        Assert.That(some.Transient - none.Transient, Is.EqualTo(bytes).Within(1e-6).Percent);
        Assert.That(none.Activations - some.Activations, Is.EqualTo(bytes).Within(1e-6).Percent);
    }

    [TestCase(2, 1, 2 + 4.0)]
    [TestCase(14, 1, 14)]
    public void Loss_or_the_heads_backward(double lossBytes, int tp, double bytesALogit)
    {
        // Hidden is twice the tokens: the unused weight gradient takes 4 bytes a logit.
        var head = Costs(Llama, TestMachines.Stack with { Memory = Fused with { LossBytes = lossBytes } }).Head(Key(tp, RecomputePolicy.None), true);
        var input = lossBytes < bytesALogit ? 2 * 8192 * Tokens : 0;
        Assert.That(head.Transient, Is.EqualTo((bytesALogit * Logits / tp) + input).Within(1e-9).Percent);
    }

    [Test]
    public void Sequence_parallel_head_gathers_its_input_again()
    {
        var head = Costs(Llama, TestMachines.Stack with { Memory = Fused }).Head(Key(4, RecomputePolicy.None), true);
        Assert.That(head.Transient, Is.EqualTo((6 * Logits / 4) + (4 * 8192 * Tokens)).Within(1e-9).Percent);
    }

    [TestCase(1)]
    [TestCase(8)]
    public void Every_shape_of_a_dense_layer_has_one_unused_gradient(int tp)
    {
        // QKV, output, gate and up, down.
        var elements = 8192.0 * (10240 + 8192 + 57344 + 28672) / tp;
        Assert.That(Fixed(Llama, tp, LayerKind.Dense), Is.EqualTo(64 + (2 * elements)).Within(1e-9).Percent);
    }

    [Test]
    public void Every_shape_of_latent_attention_and_experts()
    {
        const double h = 7168;
        var attention = (h * 1536) + (1536 * 128 * 192) + (h * 576) + (512 * 128 * 256) + (h * 128 * 128);
        var dense = 3 * h * 18432;

        // Shared and routed experts have one shape.
        var experts = 3 * h * 2048;
        var v3 = TestModels.DeepSeekV3;
        Assert.That(Fixed(v3, 1, LayerKind.Dense), Is.EqualTo(1064 + (2 * (attention + dense))).Within(1e-9).Percent);
        Assert.That(Fixed(v3, 1, LayerKind.Moe), Is.EqualTo(1064 + (2 * (attention + experts))).Within(1e-9).Percent);
        Assert.That(Fixed(v3, 1, LayerKind.Dense, LayerKind.Moe), Is.EqualTo(1064 + (2 * (attention + dense + experts))).Within(1e-9).Percent);
    }

    [Test]
    public void Fp32_doubles_what_is_kept_but_masks_and_statistics()
    {
        var stack = TestMachines.Stack with { ElementBytes = 4 };
        var (half, single) = (Layer(Llama, TestMachines.Stack, 1), Layer(Llama, stack, 1));
        Assert.That(single.Activations, Is.EqualTo((2 * half.Activations) - (4 * 64 * Tokens)).Within(1e-9).Percent);
        Assert.That(single.Transient, Is.EqualTo(2 * half.Transient).Within(1e-9).Percent);
    }

    [Test]
    public void Relu_keeps_its_result_alone()
    {
        var mlp = TestModels.Gpt175B.DenseMlp!;
        var relu = TestModels.Gpt175B with { DenseMlp = mlp with { Activation = Activation.Relu } };
        Assert.That(Layer(TestModels.Gpt175B, TestMachines.Stack, 1).Activations - Layer(relu, TestMachines.Stack, 1).Activations, Is.EqualTo(2 * Tokens * mlp.Width).Within(1e-9).Percent);
    }

    [Test]
    public void Every_second_product_keeps_queries_values_one_first_matrix_and_the_inputs()
    {
        // Input of the layer, queries, values, attention's result and statistics, gate, result of the last matrix.
        var kept = (2 * 8192) + (2 * 8192) + (2 * 1024) + (2 * 8192) + (4 * 64) + (2 * 28672) + (2 * 8192);
        var second = Layer(Llama, TestMachines.Stack, 1, new RecomputePolicy("second", RecomputeModules.EverySecondProduct));
        Assert.That(second.Activations, Is.EqualTo(Tokens * kept).Within(1e-9).Percent);
        var none = Layer(Llama, TestMachines.Stack, 1);
        Assert.That(second.Activations + second.Transient, Is.EqualTo(none.Activations + none.Transient).Within(1e-9).Percent);
    }

    private static double Fixed(ModelSpec model, int tp, params LayerKind[] kinds) =>
        Costs(model, TestMachines.Stack with { Memory = Fused }).Fixed(Key(tp, RecomputePolicy.None), kinds, mtp: false);

    private static LayerCosts Costs(ModelSpec model, StackSpec stack) => new(model, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16));

    private static LayerKey Key(int tp, RecomputePolicy recompute) => new(tp, 1, 1, 1, recompute);

    private static LayerCost Layer(ModelSpec model, StackSpec stack, int tp, RecomputePolicy? recompute = null) =>
        Costs(model, stack).Layer(LayerKind.Dense, Key(tp, recompute ?? RecomputePolicy.None));
}
