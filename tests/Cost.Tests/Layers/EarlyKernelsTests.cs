using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Layers;

/// <summary>What software before fused epilogues adds to a layer and to a step, each against a sum written out by hand.</summary>
[TestFixture]
public sealed class EarlyKernelsTests
{
    private const double S = 4096;
    private const double Hbm = 0.5 * 3.35e12;

    private static StackSpec Unfused { get; } = TestMachines.Stack with { Attention = AttentionKernel.Unfused, SequenceParallel = false };

    [Test]
    public void Kernels_by_themselves_move_these_bytes([Values(1, 8)] int tensor)
    {
        var (with, without) = (Layer(TestModels.Gpt175B, Unfused with { SeparateKernels = true }, tensor), Layer(TestModels.Gpt175B, Unfused, tensor));
        var (whole, split) = (S * 12288, S * 12288 / tensor);

        // Forward: bias of queries, keys and values (3 x 4 bytes), result of the attention moved (4).
        var forward = 16 * split;

        // Backward: two norms of 16 instead of 8; gradients of the two biases behind all-reduces (2 each). Per rank: gradients of queries, keys and values
        // put side by side (3 x 4), of their bias (3 x 2), the attention's gradient moved (4), the bias of the first matrix (4 x 2).
        var backward = (20 * whole) + (30 * split);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(with.Forward - without.Forward, Is.EqualTo(forward / Hbm).Within(1e-9));
            Assert.That(with.BackwardInput - without.BackwardInput, Is.EqualTo(backward / Hbm).Within(1e-9));
            Assert.That(with.Weight, Is.EqualTo(without.Weight));
        }
    }

    [Test]
    public void A_model_without_biases_has_no_kernels_for_them()
    {
        var (with, without) = (Layer(TestModels.Llama8B, Unfused with { SeparateKernels = true }), Layer(TestModels.Llama8B, Unfused));
        Assert.That(with.Forward - without.Forward, Is.EqualTo(4 * S * 4096 / Hbm).Within(1e-9));
    }

    // 150 elements of 2 bytes are no multiple of 16 bytes, 144 are.
    [TestCase(96 * 150, 96, true)]
    [TestCase(96 * 144, 96, false)]
    [TestCase(32 * 450, 32, true)]
    public void Heads_off_the_grid_run_at_their_own_rate(int hidden, int heads, bool slow)
    {
        var model = TestModels.Gpt("heads", hidden, 1, heads, 51200);
        var plain = Layer(model, Unfused);
        var rates = TestMachines.Stack.Rates[0] with { MisalignedProduct = FlopsPerSecond.FromTeraflops(10) };
        var other = Layer(model, Unfused with { Rates = [rates] });
        if (!slow)
        {
            Assert.That(other, Is.EqualTo(plain));
            return;
        }

        // Two products forward, four backward, of 2 S S hidden FLOPs each.
        var gemm = TestMachines.Stack.Rates[0].Gemm[Precision.Bf16];
        double Product(double rows, double columns, double depth) =>
            Gemm.Seconds(gemm, FlopsPerSecond.FromTeraflops(989.4), BytesPerSecond.FromTerabytes(3.35), 132, heads, rows, columns, depth, 2, 2);
        var (width, each) = ((double)hidden / heads, 2 * S * S * hidden / 10e12);
        var forward = Product(S, S, width) + Product(S, width, S);
        var backward = (2 * Product(S, width, S)) + Product(S, S, width) + Product(width, S, S);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Forward - plain.Forward, Is.EqualTo((2 * each) - forward).Within(1e-9));
            Assert.That(other.BackwardInput - plain.BackwardInput, Is.EqualTo((4 * each) - backward).Within(1e-9));
        }
    }

    [Test]
    public void Fp16_replaces_what_its_gradients_move_and_bf16_does_not()
    {
        var stack = TestMachines.Stack with { Fp16 = new HalfGradients(2, 6, 2, 66) };
        var half = stack.In(Precision.Fp16);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stack.In(Precision.Bf16), Is.SameAs(stack));
            Assert.That((half.Memory.GradientBytes, half.AccumulationBytes, half.GradientSyncBytes, half.OptimizerBytes), Is.EqualTo((2.0, 6.0, 2.0, 66.0)));
            Assert.That(Costs(TestModels.Gpt175B, stack, Precision.Fp16).Stack.OptimizerBytes, Is.EqualTo(66));
            Assert.That(Costs(TestModels.Gpt175B, stack).Stack.OptimizerBytes, Is.EqualTo(26));
        }
    }

    [Test]
    public void Fp32_doubles_bytes_and_masks_by_itself()
    {
        var (two, four) = (Unfused with { SeparateKernels = true }, Unfused with { SeparateKernels = true, ElementBytes = 4 });
        var (a, b) = (Costs(TestModels.Gpt175B, two), Costs(TestModels.Gpt175B, four));
        var key = Key(8);
        var tensor = 2 * 2 * (7.0 / 8) * 2 * S * 12288 / TestMachines.NodeBandwidth;
        var (slow, quick) = (b.Layers.Layer(LayerKind.Dense, key), a.Layers.Layer(LayerKind.Dense, key));

        // Forward: norms 2 x 4, residuals 2 x 6, biases and moves 16, GELU 4 x 4, softmax 4 a score, all once more, and the mask 9 a score.
        var scores = 96.0 / 8 * S * S;
        var bytes = (20 * S * 12288) + (32 * S * 12288 / 8) + (13 * scores);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(b.Layers.BoundaryBytes(key), Is.EqualTo(2 * a.Layers.BoundaryBytes(key)));
            Assert.That(slow.Activations, Is.EqualTo(2 * quick.Activations));
            Assert.That(slow.Communication, Is.EqualTo(2 * quick.Communication).Within(1e-12));
            Assert.That(slow.Forward - quick.Forward, Is.EqualTo(tensor + (bytes / Hbm) + Products(scores)).Within(1e-6));
        }
    }

    // What the products of scores and values gain where bytes bind: 4 bytes an element instead of 2.
    private static double Products(double scores)
    {
        var gemm = TestMachines.Stack.Rates[0].Gemm[Precision.Bf16];
        double At(double rows, double columns, double depth, double groups, double bytes) =>
            Gemm.Seconds(gemm, FlopsPerSecond.FromTeraflops(989.4), BytesPerSecond.FromTerabytes(3.35), 132, groups, rows, columns, depth, bytes, bytes);
        double All(double bytes) => At(S, S, 128, scores / S / S, bytes) + At(S, 128, S, scores / S / S, bytes)
            + At(S, 3.0 * 12288 / 8, 12288, 1, bytes) + At(S, 12288, 12288 / 8, 1, bytes) + At(S, 4.0 * 12288 / 8, 12288, 1, bytes) + At(S, 12288, 4.0 * 12288 / 8, 1, bytes);
        return All(4) - All(2);
    }

    [Test]
    public void Zero2_that_reduces_once_costs_what_zero1_costs()
    {
        var once = Sync(TestMachines.Stack with { ReducesOnceAStep = true }, Sharding.Zero2);
        var always = Sync(TestMachines.Stack, Sharding.Zero2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(once, Is.EqualTo(Sync(TestMachines.Stack, Sharding.Zero1)));
            Assert.That((once.MicroBatchBackward, once.Reduce), Is.EqualTo((0.0, always.MicroBatchBackward)));
            Assert.That(always.Reduce, Is.Zero);
        }
    }

    [Test]
    public void Collectives_wait_and_reach_the_stacks_share()
    {
        var stack = Unfused with { NodeEfficiency = 0.5, CollectiveWait = Seconds.FromMicroseconds(100) };
        var (slow, quick) = (Layer(TestModels.Gpt175B, stack, 8), Layer(TestModels.Gpt175B, Unfused, 8));

        // Two all-reduces, each twice (n-1)/n of the tensor, once more at half the rate; a start of 0.6 for each half.
        var more = 2 * 2 * ((7.0 / 8 * 2 * S * 12288 / TestMachines.NodeBandwidth) + (0.6 * 100e-6));
        Assert.That(slow.Forward - quick.Forward, Is.EqualTo(more).Within(1e-9));
    }

    private static LayerKey Key(int tensor) => new(tensor, 1, 1, 1, RecomputePolicy.None);

    private static CostModel Costs(ModelSpec model, StackSpec stack, Precision precision = Precision.Bf16) =>
        new(model, TestMachines.Machine, stack with { Rates = [.. stack.Rates.Select(WithFp16)] }, TestMachines.Workload(precision));

    private static ArchitectureRates WithFp16(ArchitectureRates rates) => rates with { Gemm = rates.Gemm.SetItem(Precision.Fp16, rates.Gemm[Precision.Bf16]) };

    private static LayerCost Layer(ModelSpec model, StackSpec stack, int tensor = 1) => Costs(model, stack).Layers.Layer(LayerKind.Dense, Key(tensor));

    private static SyncCost Sync(StackSpec stack, Sharding sharding)
    {
        var model = Costs(TestModels.Llama8B, stack);
        return new StateCosts(model, new Degrees(8, 1, 1, 1, 1, 1), 1, sharding).Sync(model.Layers.Layer(LayerKind.Dense, Key(1)));
    }
}
