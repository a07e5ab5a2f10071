using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;

namespace Planner.Cost.Tests.Traffic;

/// <summary>Bytes of tensor, context and pipeline parallelism by hand, read off a layer's communication.</summary>
[TestFixture]
public sealed class ParallelTrafficTests
{
    private const double Tokens = 4096;

    [TestCase(2)]
    [TestCase(8)]
    public void Tensor_ranks_gather_and_scatter_twice_forward_and_gather_twice_more_backward(int tp)
    {
        // Forward 2 gathers and 2 scatters of T x h; backward the same and 2 gathers of the sharded inputs for the weight gradients.
        var unit = (tp - 1.0) / tp * Tokens * 8192 * 2 / TestMachines.NodeBandwidth;
        Assert.That(Communication(TestModels.Llama70B, LayerKind.Dense, new LayerKey(tp, 1, 1, 1, RecomputePolicy.None)), Is.EqualTo(10 * unit).Within(1e-9).Percent);
    }

    [Test]
    public void Full_recompute_repeats_the_forward_waits()
    {
        var (once, again) = (Layer(TestModels.Llama70B, RecomputePolicy.None), Layer(TestModels.Llama70B, RecomputePolicy.Full));
        var unit = 7.0 / 8 * Tokens * 8192 * 2 / TestMachines.NodeBandwidth;

        // Input gradient: its own compute and traffic, and the whole forward once more.
        Assert.That(again.BackwardInput, Is.EqualTo(once.BackwardInput + once.Forward).Within(1e-9).Percent);
        Assert.That(once.Forward, Is.GreaterThan(4 * unit));

        static LayerCost Layer(ModelSpec model, RecomputePolicy recompute) =>
            Costs(model, true).Layer(LayerKind.Dense, new LayerKey(8, 1, 1, 1, recompute));
    }

    [Test]
    public void Latent_attention_gathers_its_latents()
    {
        // 2112 = 1536 + 512 + 64 wide instead of 7168: two gathers forward and backward of the attention half are narrower, its scatters are not.
        double Unit(double width) => 7.0 / 8 * Tokens * width * 2 / TestMachines.NodeBandwidth;
        var key = new LayerKey(8, 1, 1, 1, RecomputePolicy.None);
        Assert.That(Communication(TestModels.DeepSeekV3, LayerKind.Dense, key), Is.EqualTo((7 * Unit(7168)) + (3 * Unit(2112))).Within(1e-9).Percent);
        Assert.That(Communication(TestModels.DeepSeekV3, LayerKind.Dense, key, latents: false), Is.EqualTo(10 * Unit(7168)).Within(1e-9).Percent);

        // Without a query latent queries are projected from the hidden state, which is gathered whole.
        Assert.That(
            Communication(TestModels.DeepSeekV2Lite, LayerKind.Dense, new LayerKey(2, 1, 1, 1, RecomputePolicy.None)),
            Is.EqualTo(10 * 0.5 * Tokens * 2048 * 2 / TestMachines.NodeBandwidth).Within(1e-9).Percent);
    }

    [Test]
    public void Routed_experts_need_no_tensor_traffic()
    {
        var unit = 0.5 * Tokens * 4096 * 2 / TestMachines.NodeBandwidth;
        Assert.That(
            Communication(TestModels.Qwen3With235B, LayerKind.Moe, new LayerKey(2, 1, 1, 1, RecomputePolicy.None)),
            Is.EqualTo(5 * unit).Within(1e-9).Percent);
    }

    [TestCase(true, 1)]
    [TestCase(false, 2)]
    public void Folded_experts_of_tensor_ranks_lie_as_close_as_without(bool folded, int tensorOfPlace)
    {
        // Two tensor ranks route half the tokens each; 64 expert ranks fill 8 nodes folded, 16 where groups keep their tensor place.
        var costs = new LayerCosts(
            TestModels.DeepSeekV3, TestMachines.Machine, TestMachines.Stack with { FoldedExperts = folded }, TestMachines.Workload(Precision.Bf16));
        var (out2, back2) = costs.Exchange!.Transfers(Tokens / 2, 64, tensorOfPlace);
        var sent = costs.Transfers(LayerKind.Moe, new LayerKey(2, 1, 64, 1, RecomputePolicy.None));
        Assert.That((sent.Dispatch.Network, sent.Combine.Network), Is.EqualTo((2 * out2.Network, 2 * back2.Network)));
    }

    [TestCase(2, TestMachines.NodeBandwidth)]
    [TestCase(8, TestMachines.NodeBandwidth)]
    [TestCase(16, TestMachines.NetworkBandwidth)]
    public void Ring_passes_keys_and_values_of_the_other_ranks(int cp, double bandwidth)
    {
        // (c - 1) steps of K and V of the local tokens forward; backward they pass with their gradients.
        var forward = (cp - 1) * (Tokens / cp) * 2 * 8 * 128 * 2 / bandwidth;
        Assert.That(
            Communication(TestModels.Llama70B, LayerKind.Dense, new LayerKey(1, cp, 1, 1, RecomputePolicy.None)),
            Is.EqualTo(3 * forward).Within(1e-9).Percent);
    }

    [Test]
    public void Ring_of_latent_attention_passes_expanded_heads()
    {
        var forward = 3 * (Tokens / 4) * 128 * (192 + 128) * 2 / TestMachines.NodeBandwidth;
        Assert.That(
            Communication(TestModels.DeepSeekV3, LayerKind.Dense, new LayerKey(1, 4, 1, 1, RecomputePolicy.None)),
            Is.EqualTo(3 * forward).Within(1e-9).Percent);
    }

    [Test]
    public void Stages_hand_over_the_hidden_states()
    {
        var costs = Costs(TestModels.DeepSeekV3, true);
        Assert.That(costs.BoundaryBytes(new LayerKey(1, 1, 64, 1, RecomputePolicy.None)), Is.EqualTo(58_720_256));
        Assert.That(costs.BoundaryBytes(new LayerKey(4, 2, 1, 2, RecomputePolicy.None)), Is.EqualTo(2 * 58_720_256 / 8));
        Assert.That(costs.Fabric.Send(58_720_256, 8, 16), Is.EqualTo(1.468e-3).Within(0.1).Percent, "58.7 MB at 40 GB/s");
    }

    [TestCase(1, 8, TestMachines.NodeBandwidth)]
    [TestCase(2, 4, TestMachines.NodeBandwidth)]
    [TestCase(2, 8, TestMachines.NetworkBandwidth)]
    [TestCase(1, 16, TestMachines.NetworkBandwidth)]
    public void Pipelines_longer_than_a_node_hand_over_by_the_network(int data, int ranks, double bandwidth)
    {
        // Ranks fill nodes in order with the pipeline slowest: some hop crosses as soon as there are two nodes.
        var model = new CostModel(TestModels.Llama70B, TestMachines.Machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));
        var seconds = LayoutItems.SendSeconds(model, new Degrees(data, 1, ranks, 1, 1, 1), new LayerKey(1, 1, 1, 1, RecomputePolicy.None));
        Assert.That(seconds, Is.EqualTo(Tokens * 8192 * 2 / bandwidth).Within(1e-9).Percent);
    }

    private static LayerCosts Costs(ModelSpec model, bool latents) => new(
        model, TestMachines.Machine, TestMachines.Stack with { LatentTensorParallel = latents }, TestMachines.Workload(Precision.Bf16));

    private static double Communication(ModelSpec model, LayerKind kind, LayerKey key, bool latents = true) => Costs(model, latents).Layer(kind, key).Communication;
}
