using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Layers;

/// <summary>What the rules of a stack do to a layer, each against a sum written out by hand.</summary>
[TestFixture]
public sealed class StackRuleTests
{
    private const int S = 4096;

    [Test]
    public void Unfused_attention_writes_its_scores()
    {
        // Bytes alone differ between dropout and none: 5 more a score each way, 1 more an element of both residuals each way.
        var with = Layer(TestMachines.Stack with { Attention = AttentionKernel.Unfused, Dropout = true });
        var without = Layer(TestMachines.Stack with { Attention = AttentionKernel.Unfused });
        var model = TestModels.Llama8B;
        var bytes = (5.0 * model.Attention.Heads * S * S) + (2.0 * S * model.Hidden);
        var seconds = bytes / (0.5 * 3.35e12);
        Assert.Multiple(() =>
        {
            Assert.That(with.Forward - without.Forward, Is.EqualTo(seconds).Within(1e-9));
            Assert.That(with.BackwardInput - without.BackwardInput, Is.EqualTo(seconds).Within(1e-9));
        });
    }

    [Test]
    public void Narrow_heads_reach_a_share_of_the_attention_rates()
    {
        var half = TestMachines.Stack with { Rates = [TestMachines.Stack.Rates[0] with { NarrowHeads = 0.5 }] };
        var model = TestModels.Gpt("narrow", 1024, 4, 16, 32000);
        double Forward(StackSpec stack, ModelSpec of) => new LayerCosts(of, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16)).Layer(LayerKind.Dense, Key()).Forward;
        var attention = 4096.0 * 4096 * 16 * 128 / 500e12;
        Assert.Multiple(() =>
        {
            Assert.That(Forward(half, model) - Forward(TestMachines.Stack, model), Is.EqualTo(attention).Within(1e-9));
            Assert.That(Forward(half, TestModels.Llama8B), Is.EqualTo(Forward(TestMachines.Stack, TestModels.Llama8B)));
        });
    }

    [Test]
    public void Host_is_a_floor_of_both_passes()
    {
        var slow = Layer(TestMachines.Stack with { Host = new HostRates(35, 60, Seconds.FromMilliseconds(10)) });
        var quick = Layer(TestMachines.Stack with { Host = new HostRates(35, 60, Seconds.FromMicroseconds(0.01)) });
        Assert.Multiple(() =>
        {
            Assert.That(slow.Forward, Is.EqualTo(0.35).Within(1e-12));
            Assert.That(slow.BackwardInput + slow.Weight, Is.EqualTo(0.6).Within(1e-12));
            Assert.That(quick, Is.EqualTo(Layer(TestMachines.Stack)));
        });
    }

    [Test]
    public void Host_of_experts_is_a_floor_of_moe_layers_alone()
    {
        var plain = TestMachines.Stack;
        var floor = plain with { Rates = [plain.Rates[0] with { MoeLayerHost = Seconds.FromMilliseconds(900) }] };
        var (moe, again) = (Mixtral(floor, RecomputePolicy.None), Mixtral(floor, RecomputePolicy.Full));
        Assert.Multiple(() =>
        {
            Assert.That(moe.Forward, Is.EqualTo(0.3).Within(1e-12));
            Assert.That(moe.BackwardInput + moe.Weight, Is.EqualTo(0.6).Within(1e-12));
            Assert.That(again.BackwardInput + again.Weight, Is.EqualTo(0.9).Within(1e-12));
            Assert.That(Layer(floor), Is.EqualTo(Layer(plain)));
        });

        static LayerCost Mixtral(StackSpec stack, RecomputePolicy policy) =>
            new LayerCosts(TestModels.Mixtral8x7B, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16)).Layer(LayerKind.Moe, new LayerKey(1, 1, 8, 1, policy));
    }

    [TestCase(1, 1, RecomputeModules.None, 0.25)]
    [TestCase(4, 2, RecomputeModules.None, 0.25)]
    [TestCase(4, 2, RecomputeModules.LayerNorm, 0.25)]
    [TestCase(4, 1, RecomputeModules.None, 1)]
    [TestCase(4, 2, RecomputeModules.Experts, 1)]
    [TestCase(4, 2, RecomputeModules.Full, 1)]
    [TestCase(1, 1, RecomputeModules.Full, 1)]
    public void Expert_exchange_hides_with_chunks_only(int ranks, int chunks, RecomputeModules modules, double shown)
    {
        double Forward(double share, bool needsChunks)
        {
            var stack = TestMachines.Stack with { Exposed = TestMachines.Stack.Exposed with { ExpertParallel = share, ExpertParallelNeedsChunks = needsChunks } };
            var model = new CostModel(TestModels.Mixtral8x7B, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16));
            var key = LayoutItems.KeyOf(model, new Degrees(8, 1, ranks, 8, 1, chunks), 1, new RecomputePolicy("some", modules));
            return model.Layers.Layer(LayerKind.Moe, key).Forward;
        }

        var (free, all) = (Forward(0, false), Forward(1, false));
        Assert.That(all, Is.GreaterThan(free));
        Assert.That(Forward(0.25, true), Is.EqualTo(free + (shown * (all - free))).Within(1e-12));
    }

    [Test]
    public void Frozen_weights_have_no_gradient_and_no_states()
    {
        var workload = TestMachines.Workload(Precision.Bf16) with { Trainable = Trainable.Lora };
        var model = new CostModel(TestModels.Llama8B, TestMachines.Machine, TestMachines.Stack, workload);
        var layer = model.Layers.Layer(LayerKind.Dense, Key());
        var states = new StateCosts(model, new Degrees(8, 1, 1, 1, 1, 1), 1, Sharding.Zero1);
        var memory = states.Memory(layer.Elements);
        Assert.Multiple(() =>
        {
            Assert.That(layer.Weight, Is.Zero);
            Assert.That(memory.Weights, Is.EqualTo(2 * layer.Elements.Total));
            Assert.That(memory.Gradients + memory.Optimizer, Is.Zero);
            Assert.That(states.Sync(layer).Reduce, Is.Zero);

            // Adapters cost a little on the way.
            Assert.That(layer.Forward, Is.InRange(Layer(TestMachines.Stack).Forward, 1.1 * Layer(TestMachines.Stack).Forward));
        });
    }

    [Test]
    public void Without_sequence_parallelism_norms_run_whole()
    {
        var (with, without) = (Layer(TestMachines.Stack, 8), Layer(TestMachines.Stack with { SequenceParallel = false }, 8));
        var h = TestModels.Llama8B.Hidden;

        // Two norms and two residuals of 10 bytes an element forward on 7/8 more of the tokens; the traffic forward is the same.
        Assert.That(without.Forward - with.Forward, Is.EqualTo(2 * 10.0 * h * S * 7 / 8 / (0.5 * 3.35e12)).Within(1e-9));
    }

    [Test]
    public void Traffic_hides_beside_compute_until_the_window_is_full()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ExposedShares.Shows(0.1, null, 10, 0), Is.EqualTo(1));
            Assert.That(ExposedShares.Shows(0.1, 0.5, 10, 100), Is.EqualTo(1));
            Assert.That(ExposedShares.Shows(0.1, 0.5, 10, 8), Is.EqualTo(6));
            Assert.That(ExposedShares.Shows(1, 0.5, 10, 8), Is.EqualTo(10));
        });
    }

    [Test]
    public void Overlapped_tensor_traffic_shows_its_first_piece()
    {
        var free = Layer(Shown(0), 8).Forward;
        var all = Layer(Shown(1), 8).Forward;
        Assert.That(Layer(Shown(0.3), 8).Forward, Is.EqualTo(free + ((0.3 + (0.7 / 8)) * (all - free))).Within(1e-12));
    }

    [TestCase(ContextExchange.Ring, 3, 3.0)]
    [TestCase(ContextExchange.AllGather, 3, 3.0)]
    [TestCase(ContextExchange.AllToAll, 0.75, 0.75)]
    public void Context_exchange(ContextExchange exchange, double forward, double ofItself)
    {
        // Keys and values of 8 heads; all-to-all moves queries and outputs of 32 heads as well. Tokens of the rank: a quarter.
        var keysAndValues = 2.0 * (S / 4) * 2 * 8 * 128;
        var all = exchange == ContextExchange.AllToAll ? keysAndValues + (2.0 * (S / 4) * 2 * 32 * 128) : keysAndValues;
        var free = TestMachines.Stack with { ContextExchange = exchange, Exposed = new ExposedShares(1, 0, 1, 1, 1) };
        var shown = TestMachines.Stack with { ContextExchange = exchange };
        var key = Key() with { Context = 4 };
        var (a, b) = (Costs(shown).Layer(LayerKind.Dense, key), Costs(free).Layer(LayerKind.Dense, key));
        Assert.Multiple(() =>
        {
            Assert.That(a.Forward - b.Forward, Is.EqualTo(forward * all / TestMachines.NodeBandwidth).Within(1e-9));
            var back = exchange == ContextExchange.AllToAll ? ofItself : 2 * ofItself;
            Assert.That(a.BackwardInput - b.BackwardInput, Is.EqualTo(back * all / TestMachines.NodeBandwidth).Within(1e-9));
        });
    }

    private static StackSpec Shown(double tensor) => TestMachines.Stack with { Exposed = new ExposedShares(tensor, 1, 1, 1, 1) };

    private static LayerKey Key(int tensor = 1) => new(tensor, 1, 1, 1, RecomputePolicy.None);

    private static LayerCosts Costs(StackSpec stack) =>
        new(TestModels.Llama8B, TestMachines.Machine, stack, TestMachines.Workload(Precision.Bf16));

    private static LayerCost Layer(StackSpec stack, int tensor = 1) => Costs(stack).Layer(LayerKind.Dense, Key(tensor));
}
