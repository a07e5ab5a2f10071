using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Pipeline;

/// <summary>What a layer's states cost at the end of a step and, sharded, in every micro-batch: seconds on one GPU.</summary>
/// <param name="Reduce">Exposed reduction of gradients, once a step.</param>
/// <param name="Gather">Exposed gathering of parameters, once a step.</param>
/// <param name="Optimizer">Optimizer on this GPU's share.</param>
/// <param name="MicroBatchForward">ZeRO-3: gathering weights for a forward.</param>
/// <param name="MicroBatchBackward">ZeRO-2: scattering gradients; ZeRO-3 gathers weights again.</param>
public readonly record struct SyncCost(double Reduce, double Gather, double Optimizer, double MicroBatchForward, double MicroBatchBackward);

/// <summary>Who holds the same parameters under some degrees, and what keeping them equal costs.</summary>
public sealed class StateCosts(CostModel model, Degrees degrees, int copies, Sharding sharding)
{
    private readonly ReplicaGroup dense = ReplicaGroup.Dense(degrees, copies, model.Layers.Fabric.NodeGpus);
    private readonly ReplicaGroup experts = ReplicaGroup.Experts(degrees, copies, model.Layers.Fabric.NodeGpus);

    /// <summary>Weights, gradients and optimizer states of so many elements on one GPU.</summary>
    public StateMemory Memory(LayerElements elements) =>
        StateMemory.Of(elements, model.Stack, model.Workload.Precision, sharding, dense.Size, experts.Size);

    /// <summary>Synchronisation and optimizer of so many elements.</summary>
    public SyncCost Sync(LayerElements elements)
    {
        var stack = model.Stack;
        var exposed = stack.Exposed;
        var reduce = Over(elements, stack.GradientSyncBytes);
        var gather = Over(elements, stack.ParameterGatherBytes);
        var held = elements.Linear + elements.Other;
        var share = sharding == Sharding.None ? held + elements.Expert : (held / dense.Size) + (elements.Expert / experts.Size);
        var optimizer = stack.OptimizerBytes * share / model.Layers.ElementwiseBandwidth;
        return sharding switch
        {
            // An all-reduce gathers what it scattered.
            Sharding.None => new SyncCost(exposed.GradientSync * 2 * reduce, 0, optimizer, 0, 0),
            Sharding.Zero1 => new SyncCost(exposed.GradientSync * reduce, exposed.GradientSync * gather, optimizer, 0, 0),
            Sharding.Zero2 => new SyncCost(0, exposed.GradientSync * gather, optimizer, 0, reduce),
            _ => new SyncCost(0, 0, optimizer, gather, reduce + gather),
        };
    }

    /// <summary>A layer's cost as integers. Memory is rounded up, times to the nearest tick.</summary>
    public ItemCost Item(LayerCost cost)
    {
        var exposed = model.Stack.Exposed.ShardedSync;
        var sync = Sync(cost.Elements);
        var overhead = model.Stack.Memory.AllocatorOverhead;
        return new ItemCost(
            Tick(cost.Forward + (exposed * sync.MicroBatchForward)),
            Tick(cost.BackwardInput + (exposed * sync.MicroBatchBackward)),
            Tick(cost.Weight),
            Tick(cost.PairForwardCompute),
            Tick(cost.PairForwardTraffic + sync.MicroBatchForward),
            Tick(cost.PairBackwardCompute),
            Tick(cost.PairBackwardTraffic + sync.MicroBatchBackward),
            Tick(sync.Reduce),
            Tick(sync.Gather) + Tick(sync.Optimizer),
            Kib(overhead * Memory(cost.Elements).Total),
            Kib(overhead * cost.Activations));
    }

    internal static long Tick(double seconds) => Ticks.FromSeconds(new Seconds(seconds));

    internal static long Kib(double bytes) => (long)Math.Ceiling(bytes / 1024);

    private double Over(LayerElements elements, double bytesAnElement)
    {
        var fabric = model.Layers.Fabric;
        return GradientSync.Seconds(fabric, dense, elements.Linear + elements.Other, bytesAnElement)
            + (elements.Expert > 0 ? GradientSync.Seconds(fabric, experts, elements.Expert, bytesAnElement) : 0);
    }
}
