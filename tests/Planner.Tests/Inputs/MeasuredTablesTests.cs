using System.Globalization;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>Numbers of the data files against the measurements they cite.</summary>
[TestFixture]
public sealed class MeasuredTablesTests
{
    [Test]
    public void PeakOfH800_IsWhatDeepSeeksMfuIsMeasuredAgainst()
    {
        double peak = new HardwareCatalog().Load("h800").Spec.Accelerator.Bf16.Teraflops;
        string[] tflops = Row("kernels/deepseek-isca-tables.csv", "table4,TFLOPS_noncausal");
        string[] mfu = Row("kernels/deepseek-isca-tables.csv", "table4,MFU_noncausal");
        Assert.That(Number(tflops[2]) / (Number(mfu[2].TrimEnd('%')) / 100), Is.EqualTo(peak).Within(0.2).Percent);
    }

    [Test]
    public void AttentionOfDeepSeek_IsTheTraces()
    {
        ArchitectureRates rates = new StackCatalog().Load("deepseek").Spec.For("hopper")!;
        AttentionSpec attention = new ModelCatalog().Load("v3-671b").Spec.Attention;
        // Traced beside communication on 112 of 132 SMs; the stack states rates alone.
        const double share = 132.0 / 112;

        // One sequence of 4096 tokens: 2 * s * s * heads * (192 + 128), half of it causal.
        double flops = 4096.0 * 4096 * attention.Heads * (attention.QueryKeyWidth + attention.ValueWidth);
        double backward = Trace("layer_attention_backward") + Trace("layer_attention_backward_before") + Trace("layer_attention_backward_after");
        Assert.That(flops / (Trace("layer_attention_forward") * 1e-6) / 1e12, Is.EqualTo(rates.AttentionForward.Teraflops / share).Within(0.5).Percent);
        Assert.That(2.5 * flops / (backward * 1e-6) / 1e12, Is.EqualTo(rates.AttentionBackward.Teraflops / share).Within(0.5).Percent);
    }

    [Test]
    public void TraceSums_AreThoseTheStackCites()
    {
        double compute = 4e-3 * (Trace("layer_forward_compute") + Trace("layer_backward_input_compute") + Trace("layer_weight_gradient_compute"));
        double traffic = 1e-3 * (Trace("layer_dispatch_forward") + Trace("layer_combine_forward") + Trace("layer_dispatch_backward") + Trace("layer_combine_backward"));
        Assert.That(compute, Is.EqualTo(118.2).Within(0.05), "ms a pair of 4 layers");
        Assert.That((Trace("pair_kernels") / compute) - 1, Is.EqualTo(0.087).Within(0.001));
        Assert.That(traffic, Is.EqualTo(20.1).Within(0.05), "ms a layer");
    }

    [Test]
    public void NetworkOfH800_IsInsideDeepEpsRange()
    {
        NetworkSpec network = new HardwareCatalog().Load("h800").Spec.Network;
        double[] measured =
        [
            .. Lines("kernels/deepep-h800.csv").Select(line => line.Split(',')).Where(row => row[3] == "RDMA" && row[^1] == "2025-02-24").Select(row => Number(row[2])),
        ];
        Assert.That(measured, Has.Length.EqualTo(6));
        Assert.That(network.EffectiveBandwidth.Gigabytes, Is.InRange(measured.Min(), measured.Max()));
    }

    private static double Trace(string quantity) => Number(Row("kernels/deepseek-v3-trace.csv", quantity)[1]);

    private static string[] Row(string file, string start) => Lines(file).Single(line => line.StartsWith(start + ",", StringComparison.Ordinal)).Split(',');

    private static string[] Lines(string file) => Shipped.Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
