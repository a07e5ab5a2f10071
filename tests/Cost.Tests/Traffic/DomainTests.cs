using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>Domains wider than a node: 4 GPUs a node, 72 behind one NVLink switch. The network is slow enough that any use of it shows.</summary>
[TestFixture]
public sealed class DomainTests
{
    private const double Tokens = 4096;

    private static readonly LayerElements Dense = new(1e9, 2e8, 0);

    private static MachineSpec Rack { get; } = TestMachines.Machine with { Node = TestMachines.Machine.Node with { Gpus = 4, Domain = 72 } };

    // Group, stride; members in a domain. 64 of 72 where a wider group does not fill whole domains.
    [TestCase(64, 1, 64)]
    [TestCase(72, 1, 72)]
    [TestCase(8, 8, 8)]
    [TestCase(9, 8, 9)]
    [TestCase(16, 8, 8)]
    [TestCase(128, 1, 64)]
    [TestCase(144, 1, 72)]
    [TestCase(18, 8, 9)]
    [TestCase(2, 64, 1)]
    [TestCase(4, 128, 1)]
    public void A_wider_group_takes_slices_of_a_power_of_two(int members, int stride, int expected) =>
        Assert.That(Links(Rack).InDomain(members, stride), Is.EqualTo(expected));

    [Test]
    public void A_domain_that_is_one_node_is_used_whole()
    {
        foreach (var gpus in (int[])[1, 4, 6, 8, 10])
        {
            var links = Links(TestMachines.Machine with { Node = TestMachines.Machine.Node with { Gpus = gpus } });
            for (var stride = 1; stride <= 2 * gpus; stride++)
                for (var members = 1; members <= 40; members++)
                    Assert.That(links.InDomain(members, stride), Is.EqualTo(Math.Clamp(gpus / stride, 1, members)), $"{members} x {stride} on {gpus}");
        }
    }

    [Test]
    public void A_64_rank_gather_of_a_rack_never_touches_the_network()
    {
        var degrees = new Degrees(64, 1, 2, 1, 1, 1);
        var reduce = Costs(Rack, degrees).Sync(Dense).Reduce;
        Assert.That(reduce, Is.EqualTo(63.0 / 64 * 1.2e9 * 4 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
        Assert.That(Costs(TestMachines.Machine, degrees).Sync(Dense).Reduce, Is.GreaterThan(reduce), "8 nodes of 8");
    }

    [Test]
    public void A_job_that_fits_a_domain_stays_on_its_links_whatever_its_shape()
    {
        // Both copies of a bidirectional pipeline, tensor ranks and a stride that does not divide the domain.
        var degrees = new Degrees(6, 2, 6, 1, 1, 1);
        var sync = new StateCosts(Model(Rack, TestModels.Mixtral8x7B), degrees, 2, Sharding.Zero1).Sync(Dense);
        Assert.That(sync.Reduce, Is.EqualTo(11.0 / 12 * 1.2e9 * 4 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
        var send = LayoutItems.SendSeconds(Model(Rack, TestModels.Llama70B), degrees, new LayerKey(2, 1, 1, 1, RecomputePolicy.None));
        Assert.That(send, Is.EqualTo(Tokens * 8192 * 2 / 2 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
    }

    [Test]
    public void Replicas_of_two_racks_meet_over_the_network_with_their_shares()
    {
        // 128 replicas, 64 a domain: 63/64 of the bytes by NVLink, then half of a 64th by the network.
        var reduce = Costs(Rack, new Degrees(128, 1, 2, 1, 1, 1)).Sync(Dense).Reduce;
        const double bytes = 1.2e9 * 4;
        Assert.That(
            reduce,
            Is.EqualTo((63.0 / 64 * bytes / TestMachines.NodeBandwidth) + (0.5 * bytes / 64 / TestMachines.NetworkBandwidth)).Within(1e-9).Percent);
    }

    [TestCase(16)]
    [TestCase(64)]
    public void Expert_groups_inside_a_domain_stay_on_nvlink(int ep)
    {
        var inside = Exchange(Rack).Time(Tokens, ep, 1);
        var outside = Exchange(TestMachines.Machine).Time(Tokens, ep, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inside.Network, Is.Zero);
            Assert.That(inside.Node, Is.GreaterThan(0));
            Assert.That(outside.Network, Is.GreaterThan(0));
            Assert.That(Exchange(Rack).Time(Tokens, 128, 1).Network, Is.GreaterThan(0), "two domains");
        }
    }

    [Test]
    public void Rows_measured_across_nodes_say_nothing_of_a_domains_links()
    {
        // Tables are of nodes of 8: their row of 64 ranks is the network's, though 64 GPUs of this rack share NVLink.
        var network = TestMachines.Stack.Experts with { Bandwidths = [new(64, new BytesPerSecond(46e9), new BytesPerSecond(46e9))] };
        Assert.That(Exchange(Rack, network).Time(Tokens, 64, 1), Is.EqualTo(Exchange(Rack).Time(Tokens, 64, 1)));
    }

    [TestCase(8)]
    [TestCase(64)]
    public void Tensor_groups_wider_than_a_node_gather_on_nvlink(int tp)
    {
        var unit = (tp - 1.0) / tp * Tokens * 8192 * 2 / TestMachines.NodeBandwidth;
        var costs = new LayerCosts(TestModels.Llama70B, Rack, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));
        Assert.That(costs.Layer(LayerKind.Dense, new LayerKey(tp, 1, 1, 1, RecomputePolicy.None)).Communication, Is.EqualTo(10 * unit).Within(1e-9).Percent);
    }

    private static Fabric Links(MachineSpec machine) => Fabric.Of(machine, TestMachines.Stack);

    private static StateCosts Costs(MachineSpec machine, Degrees degrees) => new(Model(machine, TestModels.Mixtral8x7B), degrees, 1, Sharding.Zero1);

    private static ExpertExchange Exchange(MachineSpec machine, Stacks.ExpertExchangeRates? rates = null)
    {
        var stack = TestMachines.Stack with { Experts = rates ?? TestMachines.Stack.Experts };
        return new ExpertExchange(TestModels.DeepSeekV3, stack, Fabric.Of(machine, stack), TestMachines.Workload(Precision.Bf16));
    }

    private static CostModel Model(MachineSpec machine, ModelSpec model) =>
        new(model, machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));
}
