using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Pipeline;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>A ring sends (g-1)/g of a tensor, on whichever links; FP32 gradients out, BF16 weights back.</summary>
[TestFixture]
public sealed class GradientSyncTests
{
    private static readonly LayerElements Dense = new(1e9, 2e8, 0);
    private static readonly LayerElements Expert = new(0, 0, 1e9);

    [TestCase(8, 1)]
    [TestCase(16, 1)]
    [TestCase(128, 1)]
    [TestCase(16, 4)]
    [TestCase(3, 1)]
    public void Links_of_one_speed_carry_a_rings_bytes(int data, int context)
    {
        // With the network as fast as NVLink the two legs add up to a flat ring over all g replicas.
        var node = TestMachines.Machine.Node;
        var model = Model(TestMachines.Machine with { Network = new NetworkSpec(node.LinkBandwidth, node.EffectiveBandwidth, Seconds.Zero) });
        var sync = new StateCosts(model, new Degrees(data, 1, 2, 1, context, 1), 1, Sharding.Zero1).Sync(Dense);
        double g = data * context;
        Assert.That(sync.Reduce, Is.EqualTo((g - 1) / g * 1.2e9 * 4 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
        Assert.That(sync.Gather, Is.EqualTo((g - 1) / g * 1.2e9 * 2 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
    }

    [Test]
    public void Across_nodes_each_gpu_carries_its_share()
    {
        // 32 replicas, 8 a node: 7/8 of the bytes by NVLink, then 3/4 of an eighth by the network.
        var sync = Costs(new Degrees(32, 1, 2, 1, 1, 1), Sharding.Zero1).Sync(Dense);
        var bytes = 1.2e9 * 4;
        Assert.That(
            sync.Reduce,
            Is.EqualTo((7.0 / 8 * bytes / TestMachines.NodeBandwidth) + (3.0 / 4 * bytes / 8 / TestMachines.NetworkBandwidth)).Within(1e-9).Percent);
    }

    [Test]
    public void Unsharded_states_are_reduced_all_the_way()
    {
        var degrees = new Degrees(32, 1, 2, 1, 1, 1);
        var (all, sharded) = (Costs(degrees, Sharding.None).Sync(Dense), Costs(degrees, Sharding.Zero1).Sync(Dense));
        Assert.That((all.Reduce, all.Gather), Is.EqualTo((2 * sharded.Reduce, 0.0)));
        Assert.That(all.Optimizer, Is.EqualTo(32 * sharded.Optimizer).Within(1e-9).Percent);
    }

    [Test]
    public void Experts_have_their_own_replicas()
    {
        // 16 data ranks with 8 expert ranks: 2 replicas of an expert, on different nodes.
        var sync = Costs(new Degrees(16, 1, 2, 8, 1, 1), Sharding.Zero1).Sync(Expert);
        Assert.That(sync.Reduce, Is.EqualTo(0.5 * 1e9 * 4 / TestMachines.NetworkBandwidth).Within(1e-9).Percent);

        // With tensor ranks, which hold the same experts: 4 replicas of 2 on a node.
        sync = Costs(new Degrees(16, 2, 2, 8, 1, 1), Sharding.Zero1).Sync(Expert);
        Assert.That(
            sync.Reduce,
            Is.EqualTo((0.5 * 4e9 / TestMachines.NodeBandwidth) + (0.5 * 2e9 / TestMachines.NetworkBandwidth)).Within(1e-9).Percent);

        Assert.That(Costs(new Degrees(16, 1, 2, 16, 1, 1), Sharding.Zero1).Sync(Expert).Reduce, Is.Zero);
    }

    [Test]
    public void Folded_experts_have_their_replicas_behind_whole_groups()
    {
        // 16 data x 2 tensor ranks with 8 expert ranks, a group a node: 4 replicas of an expert, on 4 nodes. With 32 there is one.
        var sync = Folded(8).Sync(Expert);
        Assert.That(sync.Reduce, Is.EqualTo(3.0 / 4 * 4e9 / TestMachines.NetworkBandwidth).Within(1e-9).Percent);
        Assert.That(Folded(32).Sync(Expert).Reduce, Is.Zero);

        // Four of a group of 2 on a node, then across.
        Assert.That(
            Folded(2).Sync(Expert).Reduce,
            Is.EqualTo((3.0 / 4 * 4e9 / TestMachines.NodeBandwidth) + (3.0 / 4 * 1e9 / TestMachines.NetworkBandwidth)).Within(1e-9).Percent);

        // Sharded over as many: bytes of the optimizer's 12 a parameter.
        Assert.That(Folded(8).Memory(Expert).Optimizer, Is.EqualTo(1e9 * 12 / 4));
        Assert.That(Folded(32).Memory(Expert).Optimizer, Is.EqualTo(1e9 * 12));

        static StateCosts Folded(int expert) => new(
            new CostModel(TestModels.DeepSeekV3, TestMachines.Machine, TestMachines.Stack with { FoldedExperts = true }, TestMachines.Workload(Precision.Bf16)),
            new Degrees(16, 2, 2, expert, 1, 1),
            1,
            Sharding.Zero1);
    }

    [TestCase(8, 1, 4)]
    [TestCase(128, 1, 64)]
    [TestCase(8, 2, 16)]
    public void Both_copies_of_a_bidirectional_pipeline_are_replicas(int data, int tensor, int expert)
    {
        var folded = new StateCosts(Model(TestMachines.Machine), new Degrees(data, tensor, 16, Math.Min(expert, data), 1, 1), 2, Sharding.Zero1);
        var unfolded = Costs(new Degrees(2 * data, tensor, 8, Math.Min(expert, data), 1, 1), Sharding.Zero1);
        var all = new LayerElements(1e9, 1e8, 1e9);
        Assert.That(folded.Memory(all), Is.EqualTo(unfolded.Memory(all)));
        Assert.That(folded.Sync(all), Is.EqualTo(unfolded.Sync(all)));
    }

    [Test]
    public void Sharded_gradients_and_weights_move_with_every_micro_batch()
    {
        var degrees = new Degrees(32, 1, 2, 1, 1, 1);
        var once = Costs(degrees, Sharding.Zero1).Sync(Dense);
        var zero2 = Costs(degrees, Sharding.Zero2).Sync(Dense);
        var zero3 = Costs(degrees, Sharding.Zero3).Sync(Dense);
        Assert.That((zero2.Reduce, zero2.Gather, zero2.MicroBatchForward, zero2.MicroBatchBackward), Is.EqualTo((0.0, once.Gather, 0.0, once.Reduce)));

        // Two gathers and a scatter of a layer and micro-batch.
        Assert.That((zero3.Reduce, zero3.Gather, zero3.MicroBatchForward), Is.EqualTo((0.0, 0.0, once.Gather)));
        Assert.That(zero3.MicroBatchBackward, Is.EqualTo(once.Gather + once.Reduce));
        Assert.That((zero2.Optimizer, zero3.Optimizer), Is.EqualTo((once.Optimizer, once.Optimizer)));
    }

    private static StateCosts Costs(Degrees degrees, Sharding sharding) => new(Model(TestMachines.Machine), degrees, 1, sharding);

    private static CostModel Model(MachineSpec machine) =>
        new(TestModels.Mixtral8x7B, machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));
}
