using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Pipeline;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>A spine above 256 GPUs that leaves half of the bandwidth, and another above 4096 with a quarter.</summary>
[TestFixture]
public sealed class NetworkTierTests
{
    private const double SpineLatency = 40e-6;

    private static readonly LayerElements Dense = new(1e9, 2e8, 0);

    private static MachineSpec Flat => TestMachines.Machine;

    private static MachineSpec Spine { get; } = TestMachines.Machine with
    {
        Network = TestMachines.Machine.Network with
        {
            Tiers = [new(256, 0.5, new Seconds(SpineLatency)), new(4096, 0.25, new Seconds(2 * SpineLatency))],
        },
    };

    [TestCase(8, 1.0)]
    [TestCase(256, 1.0)]
    [TestCase(257, 0.5)]
    [TestCase(4096, 0.5)]
    [TestCase(8192, 0.25)]
    public void The_highest_tier_that_a_span_exceeds_counts(int span, double share)
    {
        Assert.That(Links(Spine).ShareAcross(span), Is.EqualTo(share));
        Assert.That(Links(Flat).ShareAcross(span), Is.EqualTo(1));
    }

    [Test]
    public void A_wide_group_is_slower_by_the_tiers_share_and_latency()
    {
        // 512 replicas: 8 a node, 64 nodes, beyond the spine.
        var (flat, spine) = (Reduce(Flat, 512, 1), Reduce(Spine, 512, 1));
        var across = 63.0 / 64 * 1.2e9 * 4 / 8 / TestMachines.NetworkBandwidth;
        Assert.That(spine - flat, Is.EqualTo(across + (0.6 * SpineLatency)).Within(1e-9).Percent);
    }

    [Test]
    public void A_group_below_the_first_tier_costs_what_it_did() => Assert.That(Reduce(Spine, 256, 1), Is.EqualTo(Reduce(Flat, 256, 1)));

    [Test]
    public void A_group_of_few_members_far_apart_spans_what_lies_between()
    {
        // 64 replicas of tensor 8 span 512 GPUs.
        Assert.That(Reduce(Spine, 64, 8), Is.GreaterThan(1.9 * Reduce(Flat, 64, 8)));
        Assert.That(Reduce(Spine, 32, 8), Is.EqualTo(Reduce(Flat, 32, 8)));
    }

    [TestCase(256, 1.0, 0.0)]
    [TestCase(512, 2.0, SpineLatency)]
    public void A_pipeline_hands_over_across_the_tier_that_the_job_spans(int gpus, double slower, double latency)
    {
        var degrees = new Degrees(gpus / 4, 1, 4, 1, 1, 1);
        Assert.That(Send(Spine, degrees), Is.EqualTo((slower * Send(Flat, degrees)) + latency).Within(1e-9).Percent);
    }

    [TestCase(64, 1, 1.0)]
    [TestCase(256, 2, 2.0)]
    public void Experts_beyond_the_tier_exchange_at_its_share(int ep, int stride, double slower)
    {
        var (flat, spine) = (Exchange(Flat).Time(4096, ep, stride), Exchange(Spine).Time(4096, ep, stride));
        Assert.That(spine.Network, Is.EqualTo(slower * flat.Network).Within(1e-9).Percent);
        Assert.That(spine.Node, Is.EqualTo(flat.Node));
    }

    private static Fabric Links(MachineSpec machine) => Fabric.Of(machine, TestMachines.Stack);

    private static double Reduce(MachineSpec machine, int data, int tensor) =>
        new StateCosts(Model(machine), new Degrees(data, tensor, 2, 1, 1, 1), 1, Sharding.Zero1).Sync(Dense).Reduce;

    private static double Send(MachineSpec machine, Degrees degrees) =>
        LayoutItems.SendSeconds(Model(machine), degrees, new LayerKey(1, 1, 1, 1, RecomputePolicy.None));

    private static ExpertExchange Exchange(MachineSpec machine) =>
        new(TestModels.DeepSeekV3, TestMachines.Stack, Links(machine), TestMachines.Workload(Precision.Bf16));

    private static CostModel Model(MachineSpec machine) =>
        new(TestModels.Mixtral8x7B, machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));
}
