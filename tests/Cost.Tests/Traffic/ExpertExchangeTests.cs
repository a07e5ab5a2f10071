using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>Bytes of dispatch and combine by hand (T tokens, N nodes or R ranks reached, h hidden).</summary>
[TestFixture]
public sealed class ExpertExchangeTests
{
    private const double Tokens = 4096;
    private const double Hidden = 7168;
    private static readonly ModelSpec V3 = TestModels.DeepSeekV3;

    [Test]
    public void Across_nodes_a_token_goes_once_to_every_node()
    {
        // Four nodes a token at 40 GB/s, its own node counted as the measurements count it: 3.03 ms out, 5.87 ms back.
        var dispatch = Tokens * 4 * (Hidden + (4 * Hidden / 128)) / 40e9;
        var combine = Tokens * 4 * 2 * Hidden / 40e9;
        Assert.That((dispatch * 1e3, combine * 1e3), Is.EqualTo((3.03, 5.87)).Using<(double, double)>(Near));

        var share = Exchange(Measured(64, 40)).Reached(8) / 4;
        Assert.That(share, Is.EqualTo(0.988).Within(0.003));
        Assert.That(Time(Measured(64, 40) with { CombineBytes = 0 }, 64).Network, Is.EqualTo(share * dispatch).Within(0.01).Percent);
        Assert.That(Time(Measured(64, 40), 64).Network, Is.EqualTo(share * (dispatch + combine)).Within(0.01).Percent);

        // The copies that stay in their node do not leave it where no measurement counts them.
        Assert.That(Time(Plain, 64).Network, Is.EqualTo(7.0 / 8 * share * (dispatch + combine)).Within(0.01).Percent);
    }

    [Test]
    public void Inside_the_nodes_a_token_goes_once_to_every_rank()
    {
        var reached = Exchange(Plain).Reached(64);
        Assert.That(reached, Is.EqualTo(7.488).Within(0.01));
        var bytes = Tokens * reached * 7 / 8 * (Hidden + (4 * Hidden / 128) + (2 * Hidden));
        Assert.That(Time(Plain, 64).Node, Is.EqualTo(bytes / TestMachines.NodeBandwidth).Within(0.01).Percent);
    }

    [Test]
    public void Within_one_node_nothing_crosses_the_network()
    {
        var exchange = Exchange(Plain);
        var time = exchange.Time(Tokens, 8, 1);
        var bytes = Tokens * exchange.Reached(8) * 7 / 8 * (Hidden + (4 * Hidden / 128) + (2 * Hidden));
        Assert.That(time.Network, Is.Zero);
        Assert.That(time.Node, Is.EqualTo(bytes / TestMachines.NodeBandwidth).Within(0.01).Percent);
        Assert.That(exchange.Time(Tokens, 1, 1), Is.EqualTo(default(ExchangeTime)));
    }

    [Test]
    public void Tensor_ranks_between_experts_spread_them_over_nodes()
    {
        // Eight expert ranks two GPUs apart fill two nodes.
        var exchange = Exchange(Plain);
        var bytes = Tokens * exchange.Reached(2) / 2 * (Hidden + (4 * Hidden / 128) + (2 * Hidden));
        Assert.That(exchange.Time(Tokens, 8, 2).Network, Is.EqualTo(bytes / TestMachines.NetworkBandwidth).Within(0.01).Percent);
    }

    [Test]
    public void Ten_ranks_do_not_fit_a_node_of_eight()
    {
        var v2 = new ExpertExchange(TestModels.DeepSeekV2, TestMachines.Stack, Links, TestMachines.Workload(Precision.Fp8));
        Assert.That(v2.Time(Tokens, 10, 1).Network, Is.GreaterThan(0));
    }

    [TestCase(2)]
    [TestCase(8)]
    [TestCase(16)]
    [TestCase(64)]
    public void Plain_all_to_all_sends_every_expert_its_copy(int ep)
    {
        var time = Time(Plain with { Hierarchical = false, DispatchBytes = 2 }, ep, Precision.Bf16);
        var sent = (time.Network * TestMachines.NetworkBandwidth) + (time.Node * TestMachines.NodeBandwidth);
        Assert.That(sent, Is.EqualTo(2 * Tokens * 8 * Hidden * 2 * (ep - 1) / ep).Within(1e-6).Percent);
    }

    [Test]
    public void Dispatch_in_bf16_carries_no_scales() => Assert.That(
        Time(Plain with { DispatchBytes = 2 }, 64, Precision.Fp8),
        Is.EqualTo(Time(Plain with { DispatchBytes = 2 }, 64, Precision.Bf16)));

    [Test]
    public void Load_multiplies_the_bytes()
    {
        var even = Exchange(Plain).Time(Tokens, 64, 1);
        var busy = Exchange(Plain, 1.5).Time(Tokens, 64, 1);
        Assert.That(busy.Network, Is.EqualTo(1.5 * even.Network).Within(1e-9).Percent);
        Assert.That(busy.Node, Is.EqualTo(1.5 * even.Node).Within(1e-9).Percent);
    }

    [TestCase(256, 1.8)]
    [TestCase(128, 1.8)]
    [TestCase(64, 1.6)]
    [TestCase(32, 1.35)]
    [TestCase(16, 1.2)]
    [TestCase(8, 1.2)]
    public void Load_curve_is_read_between_its_points(int ep, double expected)
    {
        var curve = Plain with { LoadFactorByExpertsPerGpu = [new(2, 1.8), new(4, 1.6), new(12, 1.1), new(16, 1.2)] };
        Assert.That(Exchange(curve).Load(ep), Is.EqualTo(expected).Within(1e-12));
        Assert.That(Exchange(curve, 1.3).Load(ep), Is.EqualTo(1.3), "the request's own");
    }

    [Test]
    public void Measured_rows_scale_with_the_link()
    {
        var faster = TestMachines.Machine with { Network = TestMachines.Machine.Network with { LinkBandwidth = new BytesPerSecond(100e9) } };
        var stack = TestMachines.Stack with { Experts = Measured(64, 40) };
        var exchange = new ExpertExchange(V3, stack, Fabric.Of(faster, stack), TestMachines.Workload(Precision.Fp8));
        Assert.That(exchange.Time(Tokens, 64, 1).Network, Is.EqualTo(Time(Measured(64, 40), 64).Network / 2).Within(1e-9).Percent);
    }

    private static ExpertExchangeRates Plain => TestMachines.Stack.Experts;

    private static Fabric Links => Fabric.Of(TestMachines.Machine, TestMachines.Stack);

    private static ExpertExchangeRates Measured(int ep, double gigabytes) =>
        Plain with { Bandwidths = [new ExpertBandwidth(ep, BytesPerSecond.FromGigabytes(gigabytes), BytesPerSecond.FromGigabytes(gigabytes))] };

    private static ExpertExchange Exchange(ExpertExchangeRates rates, double? load = null, Precision precision = Precision.Fp8) =>
        new(V3, TestMachines.Stack with { Experts = rates }, Links, TestMachines.Workload(precision, load));

    private static ExchangeTime Time(ExpertExchangeRates rates, int ep, Precision precision = Precision.Fp8) =>
        Exchange(rates, null, precision).Time(Tokens, ep, 1);

    private static bool Near((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) < 0.005 && Math.Abs(a.Item2 - b.Item2) < 0.005;
}
