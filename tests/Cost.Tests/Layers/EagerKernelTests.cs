using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Tests.Layers;

/// <summary>Eager frameworks, attention kernels and partial recomputation, each against a sum written out by hand.</summary>
[TestFixture]
public sealed class EagerKernelTests
{
    private const int S = 4096;
    private const double Bandwidth = 0.5 * 3.35e12;

    [Test]
    public void Eager_backward_of_a_gpt_layer_moves_38_bytes_more_an_element()
    {
        // Two norms 4 each, gradients of queries, keys and values put together 12, biases 6 + 2 + 8 + 2.
        var model = TestModels.Gpt175B;
        var (eager, fused) = (Layer(model, Eager), Layer(model, TestMachines.Stack));
        Assert.Multiple(() =>
        {
            Assert.That(eager.BackwardInput - fused.BackwardInput, Is.EqualTo(38.0 * S * model.Hidden / Bandwidth).Within(1e-9));
            Assert.That(eager.Forward, Is.EqualTo(fused.Forward));
            Assert.That(eager.Weight, Is.EqualTo(fused.Weight));
        });
    }

    [Test]
    public void Eager_gate_is_written_and_read_once_more()
    {
        var (eager, fused) = (Layer(TestModels.Llama8B, Eager), Layer(TestModels.Llama8B, TestMachines.Stack));
        Assert.That(eager.Forward - fused.Forward, Is.EqualTo(4.0 * S * 14336 / Bandwidth).Within(1e-9));

        // No biases: norms 8, gradients of 48 heads of 128 put together 4, the gate's two kernels 6.
        var bytes = S * ((8.0 * 4096) + (4.0 * 48 * 128) + (6.0 * 14336));
        Assert.That(eager.BackwardInput - fused.BackwardInput, Is.EqualTo(bytes / Bandwidth).Within(1e-9));
    }

    [TestCase(0.0, 1.0)]
    [TestCase(1024.0, 1.25)]
    [TestCase(4096.0, 2.0)]
    public void Short_sequences_pay_the_ramp_of_attention(double ramp, double factor)
    {
        var stack = TestMachines.Stack with { Rates = [TestMachines.Stack.Rates[0] with { AttentionRamp = ramp }] };
        var (with, without) = (Layer(TestModels.Llama8B, stack), Layer(TestModels.Llama8B, TestMachines.Stack));
        var flops = (double)S * S * 32 * 256;
        Assert.Multiple(() =>
        {
            Assert.That(with.Forward - without.Forward, Is.EqualTo((factor - 1) * flops / 500e12).Within(1e-9));
            Assert.That(with.BackwardInput - without.BackwardInput, Is.EqualTo((factor - 1) * 2.5 * flops / 400e12).Within(1e-9));
        });
    }

    [Test]
    public void A_card_with_a_lower_power_limit_attends_slower()
    {
        var machine = TestMachines.Machine with { Accelerator = TestMachines.Machine.Accelerator with { AttentionShare = 0.8 } };
        var slow = new LayerCosts(TestModels.Llama8B, machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16)).Layer(LayerKind.Dense, Key(RecomputePolicy.None));
        Assert.That(
            slow.Forward - Layer(TestModels.Llama8B, TestMachines.Stack).Forward,
            Is.EqualTo(0.25 * S * S * 32 * 256 / 500e12).Within(1e-9));
    }

    [Test]
    public void Recomputation_that_stops_early_spares_the_last_product()
    {
        var early = TestMachines.Stack with { RecomputeStopsEarly = true };
        var (some, all, none) = (
            Layer(TestModels.Llama8B, early, RecomputePolicy.Full),
            Layer(TestModels.Llama8B, TestMachines.Stack, RecomputePolicy.Full),
            Layer(TestModels.Llama8B, early));
        Assert.Multiple(() =>
        {
            Assert.That(all.BackwardInput - some.BackwardInput, Is.EqualTo(Gemm(4096, 14336)).Within(1e-9));
            Assert.That(some.BackwardInput - none.BackwardInput, Is.EqualTo(none.Forward - Gemm(4096, 14336)).Within(1e-9));
        });
    }

    [Test]
    public void Every_second_product_is_keys_output_and_one_of_gate_and_up()
    {
        var policy = new RecomputePolicy("op", RecomputeModules.EverySecondProduct);
        var (some, none) = (Layer(TestModels.Llama8B, TestMachines.Stack, policy), Layer(TestModels.Llama8B, TestMachines.Stack));

        // Between the kept results: two norms 4 an element, rotary 4 of 40 heads, the activation 6.
        var bytes = S * ((8.0 * 4096) + (4.0 * 40 * 128) + (6.0 * 14336));
        var products = Gemm(1024, 4096) + Gemm(4096, 4096) + Gemm(14336, 4096);
        Assert.Multiple(() =>
        {
            Assert.That(some.BackwardInput - none.BackwardInput, Is.EqualTo(products + (bytes / Bandwidth)).Within(1e-9));

            // Gone: outputs of two norms, keys, one of gate and up, their product.
            Assert.That(none.Activations - some.Activations, Is.EqualTo(2.0 * S * ((2 * 4096) + 1024 + (2 * 14336))).Within(1e-3));
        });
    }

    [Test]
    public void Dynamic_scales_read_a_tensor_before_its_cast()
    {
        var key = Key(RecomputePolicy.None);
        var workload = TestMachines.Workload(Precision.Fp8);
        var with = new LayerCosts(TestModels.Llama8B, TestMachines.Machine, TestMachines.Stack with { DynamicScales = true }, workload).Layer(LayerKind.Dense, key);
        var without = new LayerCosts(TestModels.Llama8B, TestMachines.Machine, TestMachines.Stack, workload).Layer(LayerKind.Dense, key);

        // Inputs of four linear layers forward, gradients of their outputs backward: 2 bytes an element.
        Assert.Multiple(() =>
        {
            Assert.That(with.Forward - without.Forward, Is.EqualTo(2.0 * S * ((3 * 4096) + 14336) / Bandwidth).Within(1e-9));
            Assert.That(with.BackwardInput - without.BackwardInput, Is.EqualTo(2.0 * S * (6144 + 4096 + 28672 + 4096) / Bandwidth).Within(1e-9));
        });
    }

    private static StackSpec Eager => TestMachines.Stack with { Elementwise = ElementwiseKernels.Eager };

    // Tiles of 128 x 128 in waves over 132 SMs at 0.7 of the peak, 500 elements of ramp; never bound by bytes here.
    private static double Gemm(double columns, double depth)
    {
        var waves = Math.Ceiling(S / 128.0 * Math.Ceiling(columns / 128) / 132);
        return waves * 2 * 128 * 128 * (depth + 500) / (0.7 * 989.4e12 / 132);
    }

    private static LayerKey Key(RecomputePolicy recompute) => new(1, 1, 1, 1, recompute);

    private static LayerCost Layer(ModelSpec model, StackSpec stack, RecomputePolicy? recompute = null) =>
        new LayerCosts(model, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16)).Layer(LayerKind.Dense, Key(recompute ?? RecomputePolicy.None));
}
