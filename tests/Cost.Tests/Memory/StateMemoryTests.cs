using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Memory;

/// <summary>
/// Bytes a parameter by ZeRO stage: weights w, gradients g, optimizer o give w+g+o, w+g+o/d, w+(g+o)/d, (w+g+o)/d. Megatron-LM's
/// dist_optimizer.md states 6 + 12/d for BF16 weights and FP32 gradients, 4 + 16/d for its fp16.
/// </summary>
[TestFixture]
public sealed class StateMemoryTests
{
    // Not sharded, ZeRO-1, ZeRO-2, ZeRO-3 as (fixed, divided).
    private static readonly object[] Schemes =
    [
        new object[] { "Megatron BF16", new MemoryRates(2, 2, 4, 4, 8, Bytes.Zero, 1), new[] { (18, 0), (6, 12), (2, 16), (0, 18) } },
        new object[] { "BF16 gradients", new MemoryRates(2, 2, 2, 4, 8, Bytes.Zero, 1), new[] { (16, 0), (4, 12), (2, 14), (0, 16) } },
        new object[] { "DeepSeek-V3", new MemoryRates(2, 2, 4, 4, 4, Bytes.Zero, 1), new[] { (14, 0), (6, 8), (2, 12), (0, 14) } },
        new object[] { "Megatron FP16", new MemoryRates(2, 2, 2, 4, 12, Bytes.Zero, 1), new[] { (20, 0), (4, 16), (2, 18), (0, 20) } },
        new object[] { "FP32", new MemoryRates(4, 4, 4, 0, 8, Bytes.Zero, 1), new[] { (16, 0), (8, 8), (4, 12), (0, 16) } },
    ];

    [TestCaseSource(nameof(Schemes))]
    public void Bytes_a_parameter(string scheme, MemoryRates rates, (int Fixed, int Divided)[] expected)
    {
        var stack = TestMachines.Stack with { Memory = rates };
        foreach (var sharding in Enum.GetValues<Sharding>())
        {
            foreach (var replicas in new[] { 1.0, 2, 128 })
            {
                var (whole, divided) = expected[(int)sharding];
                var bytes = whole + (divided / replicas);
                Assert.That(Total(new LayerElements(1, 0, 0), stack, sharding, replicas, 7), Is.EqualTo(bytes).Within(1e-12), $"{scheme} {sharding} linear");
                Assert.That(Total(new LayerElements(0, 1, 0), stack, sharding, replicas, 7), Is.EqualTo(bytes).Within(1e-12), $"{scheme} {sharding} other");
                Assert.That(Total(new LayerElements(0, 0, 1), stack, sharding, 7, replicas), Is.EqualTo(bytes).Within(1e-12), $"{scheme} {sharding} expert");
            }
        }
    }

    [Test]
    public void Fp8_keeps_more_copies_of_linear_weights_only()
    {
        var stack = TestMachines.Stack with { Memory = new MemoryRates(2, 3, 4, 4, 4, Bytes.Zero, 1) };
        var memory = StateMemory.Of(new LayerElements(10, 100, 1000), stack, TestMachines.Workload(Precision.Fp8), Sharding.Zero1, 4, 2);
        Assert.That(memory, Is.EqualTo(new StateMemory((3 * 1010) + (2 * 100), 4 * 1110, 8 * ((110 / 4.0) + (1000 / 2.0)))));
    }

    private static double Total(LayerElements elements, StackSpec stack, Sharding sharding, double dense, double experts) =>
        StateMemory.Of(elements, stack, TestMachines.Workload(Precision.Bf16), sharding, dense, experts).Total;
}
