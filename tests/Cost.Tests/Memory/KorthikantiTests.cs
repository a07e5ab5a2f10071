using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Tests.Memory;

/// <summary>Bytes of a GPT layer as Korthikanti et al. (arXiv 2205.05198, table 2) write them: s tokens, b = 1, h hidden, a heads, t tensor ranks.</summary>
[TestFixture]
public sealed class KorthikantiTests
{
    private const double S = 2048;
    private static readonly ModelSpec Gpt = TestModels.Gpt175B;

    [TestCase(1)]
    [TestCase(8)]
    public void Tensor_parallel_keeps_10_whole(int t) => Assert.That(
        Kept(t, false, RecomputePolicy.None), Is.EqualTo(S * H * (10 + (24.0 / t) + (5 * A * S / (H * t)))).Within(1));

    [TestCase(8)]
    public void Sequence_parallel_divides_all(int t) => Assert.That(
        Kept(t, true, RecomputePolicy.None), Is.EqualTo(S * H / t * (34 + (5 * A * S / H))).Within(1));

    [TestCase(8)]
    public void Selective_recomputation_drops_the_scores(int t) => Assert.That(
        Kept(t, true, new RecomputePolicy("selective", RecomputeModules.CoreAttention)), Is.EqualTo(S * H / t * 34).Within(1));

    [TestCase(false, 2.0)]
    [TestCase(true, 2.0 / 8)]
    public void Full_recomputation_keeps_the_input(bool sequenceParallel, double bytes) =>
        Assert.That(Kept(8, sequenceParallel, RecomputePolicy.Full), Is.EqualTo(S * H * bytes).Within(1));

    private static double H => Gpt.Hidden;

    private static double A => Gpt.Attention.Heads;

    private static double Kept(int t, bool sequenceParallel, RecomputePolicy recompute)
    {
        var stack = TestMachines.Stack with { Attention = AttentionKernel.Unfused, Dropout = true, SequenceParallel = sequenceParallel };
        var workload = new Workload((int)S, 64, Precision.Bf16, null);
        return new CostModel(Gpt, TestMachines.Machine, stack, workload).Layers.Layer(LayerKind.Dense, new LayerKey(t, 1, 1, 1, recompute)).Activations;
    }
}
