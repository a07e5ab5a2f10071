using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Pipeline;
using Planner.Cost.Stacks;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>Rings across domains, hybrid sharding, and sharding inside pipelines, against sums written out by hand.</summary>
[TestFixture]
public sealed class ShardingTests
{
    private static readonly LayerElements Dense = new(1e9, 2e8, 0);

    private static readonly StackSpec Rings = TestMachines.Stack with { Collectives = CollectiveShape.Ring, RingStep = Seconds.FromMicroseconds(38) };

    [TestCase(8, 8, 160e9, 0)]
    [TestCase(32, 320, 160e9, 3)]
    [TestCase(32, 40, 40e9, 3)]
    public void A_ring_is_as_slow_as_its_slower_link(int data, double network, double bound, int steps)
    {
        // 4 domains of 8: NVLink passes 31/32 of the tensor, each of the 8 cards 3/4 of an eighth.
        var sync = Sync(Rings, new Degrees(data, 1, 1, 1, 1, 1), Sharding.Zero1, network * 1e9);
        var bytes = 1.2e9 * 4;
        var across = bound == 40e9 ? 3.0 / 4 * bytes / 8 / 40e9 : 0;
        var inside = (data - 1.0) / data * bytes / 160e9;
        Assert.That(sync.Reduce, Is.EqualTo(Math.Max(inside, across) + (steps * 38e-6)).Within(1e-9).Percent);
    }

    [Test]
    public void A_slow_network_binds_a_ring()
    {
        var sync = Sync(Rings, new Degrees(32, 1, 1, 1, 1, 1), Sharding.Zero1, 4e9);
        Assert.That(sync.Reduce, Is.EqualTo((3.0 / 4 * 4.8e9 / 8 / 4e9) + (3 * 38e-6)).Within(1e-9).Percent);
    }

    [Test]
    public void Hybrid_sharding_inside_a_node_gathers_there_and_sums_shards_across()
    {
        // 32 replicas, 8 a node, 4 copies: gathers stay inside, each card all-reduces its eighth of the gradients over 4 nodes.
        var hybrid = TestMachines.Stack with { ShardGroup = 8 };
        var sync = Sync(hybrid, new Degrees(32, 1, 1, 1, 1, 1), Sharding.Zero3);
        var gather = 7.0 / 8 * 1.2e9 * 2 / TestMachines.NodeBandwidth;
        var reduce = (7.0 / 8 * 1.2e9 * 4 / TestMachines.NodeBandwidth) + (2 * 3.0 / 4 * 1.2e9 / 8 * 4 / TestMachines.NetworkBandwidth);
        Assert.Multiple(() =>
        {
            Assert.That(sync.MicroBatchForward, Is.EqualTo(gather).Within(1e-9).Percent);
            Assert.That(sync.MicroBatchBackward, Is.EqualTo(gather + reduce).Within(1e-9).Percent);
            Assert.That(sync.Optimizer, Is.EqualTo(Sync(TestMachines.Stack, new Degrees(8, 1, 1, 1, 1, 1), Sharding.Zero3).Optimizer).Within(1e-9).Percent);
        });
        Assert.That(States(hybrid, new Degrees(32, 1, 1, 1, 1, 1), Sharding.Zero3).Memory(Dense).Optimizer, Is.EqualTo(1.2e9 * 12 / 8).Within(1e-9).Percent);
    }

    [TestCase(16, 1, 8, 2, 1, 2)]
    [TestCase(4, 1, 4, 1, 2, 4)]
    [TestCase(8, 4, 2, 4, 1, 4)]
    public void A_group_divides_into_copies(int shards, int stride, double inNode, double nodes, double copiesInNode, double copyNodes)
    {
        // 32 members on domains of 8 GPUs.
        var fabric = Fabric.Of(TestMachines.Machine, TestMachines.Stack);
        var all = ReplicaGroup.Dense(new Degrees(32, stride, 1, 1, 1, 1), 1, fabric);
        var (group, copies) = all.Divided(shards, stride, fabric);
        Assert.Multiple(() =>
        {
            Assert.That((group.InNode, group.Nodes), Is.EqualTo((inNode, nodes)));
            Assert.That((copies.InNode, copies.Nodes), Is.EqualTo((copiesInNode, copyNodes)));
            Assert.That(group.Size * copies.Size, Is.EqualTo(32));
        });
    }

    [Test]
    public void A_group_of_all_replicas_is_plain_sharding([Values(0, 32, 64)] int shards)
    {
        var degrees = new Degrees(32, 1, 1, 1, 1, 1);
        Assert.That(Sync(TestMachines.Stack with { ShardGroup = shards }, degrees, Sharding.Zero3), Is.EqualTo(Sync(TestMachines.Stack, degrees, Sharding.Zero3)));
    }

    [TestCase(Sharding.Zero2)]
    [TestCase(Sharding.Zero3)]
    public void Pipelines_that_shard_once_do_as_zero1(Sharding sharding)
    {
        var once = TestMachines.Stack with { PipelineShardsOnce = true };
        var (two, one) = (new Degrees(16, 1, 2, 1, 1, 1), new Degrees(16, 1, 1, 1, 1, 1));
        Assert.Multiple(() =>
        {
            Assert.That(Sync(once, two, sharding), Is.EqualTo(Sync(TestMachines.Stack, two, Sharding.Zero1)));
            Assert.That(States(once, two, sharding).Memory(Dense), Is.EqualTo(States(TestMachines.Stack, two, Sharding.Zero1).Memory(Dense)));
            Assert.That(Sync(once, one, sharding), Is.EqualTo(Sync(TestMachines.Stack, one, sharding)));
        });
    }

    private static SyncCost Sync(StackSpec stack, Degrees degrees, Sharding sharding, double network = TestMachines.NetworkBandwidth) =>
        States(stack, degrees, sharding, network).Sync(Dense);

    private static StateCosts States(StackSpec stack, Degrees degrees, Sharding sharding, double network = TestMachines.NetworkBandwidth)
    {
        var links = new NetworkSpec(new BytesPerSecond(50e9), new BytesPerSecond(network), Seconds.Zero);
        var model = new CostModel(TestModels.Llama8B, TestMachines.Machine with { Network = links }, stack, TestMachines.Workload(Precision.Bf16));
        return new StateCosts(model, degrees, 1, sharding);
    }
}
