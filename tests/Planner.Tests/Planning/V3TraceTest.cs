using NUnit.Framework;
using Planner.Cost.Layers;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Tests.Planning;

/// <summary>
/// One MoE layer beside communication (112 of 132 SMs) against DeepSeek's profile, pass by pass. The layer is costed with element-wise kernels,
/// then attention, made free: what is missing is theirs.
/// </summary>
internal sealed class V3TraceTest
{
    private static readonly FlopsPerSecond Free = FlopsPerSecond.FromTeraflops(1e12);
    private static readonly double Share = V3Run.Machine.Accelerator.Multiprocessors / (V3Run.Machine.Accelerator.Multiprocessors - V3Run.Trace("communication_multiprocessors"));

    private readonly LayerCost all = Layer(rates => rates);
    private readonly LayerCost products = Layer(rates => rates with { MemoryEfficiency = 1e9, KernelLaunch = Seconds.Zero });
    private readonly LayerCost gemms = Layer(rates => rates with { MemoryEfficiency = 1e9, KernelLaunch = Seconds.Zero, AttentionForward = Free, AttentionBackward = Free });

    [Test]
    public void Attention_IsTheTraces()
    {
        var backward = V3Run.Trace("layer_attention_backward") + V3Run.Trace("layer_attention_backward_before") + V3Run.Trace("layer_attention_backward_after");
        Assert.That(1e6 * Share * (products.Forward - gemms.Forward), Is.EqualTo(V3Run.Trace("layer_attention_forward")).Within(1).Percent);
        Assert.That(1e6 * Share * (products.BackwardInput - gemms.BackwardInput), Is.EqualTo(backward).Within(1).Percent);
        Assert.That(backward, Is.EqualTo(4254));
    }

    [Test]
    public void Passes_AreTheTraces()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Paired(layer => layer.Forward), Is.EqualTo(V3Run.Trace("layer_forward_compute")).Within(5).Percent);
            Assert.That(Paired(layer => layer.BackwardInput), Is.EqualTo(V3Run.Trace("layer_backward_input_compute")).Within(5).Percent);

            // The trace runs a part of the weight gradients on a second stream at the same time; the model runs one after the other and is 14 % above.
            Assert.That(Paired(layer => layer.Weight), Is.EqualTo(V3Run.Trace("layer_weight_gradient_compute")).Within(15).Percent);
        }

        // The parts taken apart above are what a pair is charged, its overhead aside.
        var overhead = 1 + V3Run.Stack.Overlap.PairOverhead;
        Assert.That(overhead * Paired(layer => layer.Forward), Is.EqualTo(1e6 * all.PairForwardCompute).Within(0.1).Percent);
        Assert.That(
            overhead * (Paired(layer => layer.BackwardInput) + Paired(layer => layer.Weight)), Is.EqualTo(1e6 * all.PairBackwardCompute).Within(0.1).Percent);
    }

    [Test]
    public void PairOfFourLayers_IsTheTraces()
    {
        var compute = 4e3 * (all.PairForwardCompute + all.PairBackwardCompute);
        Assert.That(compute, Is.EqualTo(V3Run.Trace("pair_kernels")).Within(4).Percent);

        // Compute binds; the traffic is that of the communication kernels.
        var traffic = 1e3 * (all.PairForwardTraffic + all.PairBackwardTraffic);
        var kernels = 1e-3 * (V3Run.Trace("layer_dispatch_forward") + V3Run.Trace("layer_combine_forward") + V3Run.Trace("layer_dispatch_backward") + V3Run.Trace("layer_combine_backward"));
        Assert.That(traffic - (4e3 * V3Run.Stack.Experts.Notify.Value), Is.EqualTo(kernels).Within(3).Percent);
        Assert.That(4 * traffic, Is.LessThan(compute));
    }

    // Seconds beside communication in microseconds: SM-bound kernels on the SMs left, GEMMs with their slow-down, the rest at its own rate.
    private double Paired(Func<LayerCost, double> pass)
    {
        // Dispatch and combine, alone, are part of forward and of the input gradient.
        var exchange = pass(default(LayerCost) with { Forward = all.Communication / 2, BackwardInput = all.Communication / 2 });
        var gemm = pass(gemms) - exchange;
        var attention = pass(products) - pass(gemms);
        return 1e6 * ((Share * V3Run.Stack.Overlap.GemmSlowdown * gemm) + (Share * attention) + pass(all) - pass(products));
    }

    private static LayerCost Layer(Func<ArchitectureRates, ArchitectureRates> change) => V3Run
        .With(V3Run.Machine, V3Run.Stack with { Rates = [change(V3Run.Stack.For("hopper")!)] })
        .Layers.Layer(LayerKind.Moe, V3Run.Key);
}
