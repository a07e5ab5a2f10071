using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Stacks;

namespace Planner.Cost.Memory;

/// <summary>Bytes of weights, gradients and optimizer states on one GPU.</summary>
public readonly record struct StateMemory(double Weights, double Gradients, double Optimizer)
{
    public double Total => Weights + Gradients + Optimizer;

    public static StateMemory operator +(StateMemory a, StateMemory b) =>
        new(a.Weights + b.Weights, a.Gradients + b.Gradients, a.Optimizer + b.Optimizer);

    /// <summary>States of a layer: ZeRO-1 divides the optimizer's over the replicas, ZeRO-2 the gradients too, ZeRO-3 the weights too; experts have their own replicas. A frozen model has weights only (its adapters are too small to count).</summary>
    public static StateMemory Of(LayerElements elements, StackSpec stack, Workload workload, Sharding sharding, double denseReplicas, double expertReplicas)
    {
        var linear = workload.Precision.Quantised() ? stack.Memory.WeightBytesFp8 : stack.Memory.WeightBytesBf16;
        var all = Group(elements.Linear, linear, stack, sharding, denseReplicas)
            + Group(elements.Other, stack.Memory.WeightBytesBf16, stack, sharding, denseReplicas)
            + Group(elements.Expert, linear, stack, sharding, expertReplicas);
        return workload.Trainable == Trainable.All ? all : all with { Gradients = 0, Optimizer = 0 };
    }

    private static StateMemory Group(double elements, double weightBytes, StackSpec stack, Sharding sharding, double replicas) => new(
        elements * weightBytes / (sharding >= Sharding.Zero3 ? replicas : 1),
        elements * stack.Memory.GradientBytes / (sharding >= Sharding.Zero2 ? replicas : 1),
        elements * (stack.Memory.MasterBytes + stack.Memory.MomentBytes) / (sharding >= Sharding.Zero1 ? replicas : 1));
}
