using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Stacks;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Pipeline;

/// <summary>What a layer's states cost at the end of a step and, sharded, in every micro-batch: seconds on one GPU.</summary>
/// <param name="Reduce">Exposed reduction of gradients, once a step.</param>
/// <param name="Gather">Exposed gathering of parameters, once a step.</param>
/// <param name="Optimizer">Optimizer on this GPU's share.</param>
/// <param name="MicroBatchForward">ZeRO-3: gathering weights for a forward, hidden or not.</param>
/// <param name="MicroBatchBackward">ZeRO-2: scattering gradients; ZeRO-3 gathers weights again.</param>
/// <param name="ShownForward">What shows of the forward's, outside overlapped pairs.</param>
/// <param name="ShownBackward">What shows of the backward's.</param>
public readonly record struct SyncCost(
    double Reduce,
    double Gather,
    double Optimizer,
    double MicroBatchForward,
    double MicroBatchBackward,
    double ShownForward,
    double ShownBackward);

/// <summary>Who holds the same parameters under some degrees, and what keeping them equal costs.</summary>
public sealed class StateCosts(CostModel model, Degrees degrees, int copies, Sharding chosen)
{
    // What the sharding comes to under this stack.
    private readonly Sharding sharding =
        model.Stack.PipelineShardsOnce && degrees.Pipeline > 1 && chosen > Sharding.Zero1 ? Sharding.Zero1 : chosen;

    // Ranks that divide one copy of the states, and the ranks that hold the same part of other copies.
    private readonly (ReplicaGroup Shards, ReplicaGroup Copies) dense =
        Within(ReplicaGroup.Dense(degrees, copies, model.Layers.Fabric), model, chosen, degrees.Tensor);
    private readonly ReplicaGroup experts = ReplicaGroup.Experts(degrees, copies, model.Layers.Fabric);

    /// <summary>Weights, gradients and optimizer states of so many elements on one GPU.</summary>
    public StateMemory Memory(LayerElements elements) =>
        StateMemory.Of(elements, model.Stack, model.Workload, sharding, dense.Shards.Size, experts.Size);

    /// <summary>Synchronisation and optimizer of a part of the model. Adapters of a frozen model are too small to count.</summary>
    public SyncCost Sync(in LayerCost cost)
    {
        var stack = model.Stack;
        var trained = model.Workload.Trainable == Trainable.All ? cost.Elements : default;
        var (forward, backward) = (cost.Forward, cost.BackwardInput + cost.Weight);

        // A chunk's gradients are whole when its last micro-batch is; the other chunks of the rank go on with the last group of p.
        var group = degrees.Virtual > 1 ? degrees.Pipeline : 1;
        var reduce = Reduction(trained).Seconds;
        var gather = sharding is Sharding.Zero1 or Sharding.Zero2 ? Over(trained, stack.ParameterGatherBytes).Seconds : 0;
        var held = trained.Linear + trained.Other;
        var share = sharding == Sharding.None ? held + trained.Expert : (held / dense.Shards.Size) + (trained.Expert / experts.Size);
        var sync = new SyncCost(0, 0, stack.OptimizerBytes * share / model.Layers.ElementwiseBandwidth, 0, 0, 0, 0);
        switch (sharding)
        {
            case Sharding.None:
                // An all-reduce gathers what it scattered.
                return sync with { Reduce = AtEnd(2 * reduce, group * backward) };
            case Sharding.Zero1:
                return sync with { Reduce = AtEnd(reduce, group * backward), Gather = AtEnd(gather, group * forward) };
            case Sharding.Zero2 when stack.ReducesOnceAStep:
                return sync with { Reduce = AtEnd(reduce, group * backward), Gather = AtEnd(gather, group * forward) };
            case Sharding.Zero2:
                return sync with { Gather = AtEnd(gather, group * forward), MicroBatchBackward = reduce, ShownBackward = EveryMicroBatch(reduce, backward) };
            default:
                var weights = Over(cost.Elements, stack.ParameterGatherBytes).Seconds;
                return sync with
                {
                    MicroBatchForward = weights,
                    MicroBatchBackward = weights + reduce,
                    ShownForward = EveryMicroBatch(weights, forward),
                    ShownBackward = EveryMicroBatch(weights + reduce, backward),
                };
        }
    }

    /// <summary>
    /// What a GPU sends in a step to keep so many elements equal: gradients reduced, parameters gathered, as often as <see cref="Sync(in LayerCost)"/>
    /// has it. An all-reduce counts half as each.
    /// </summary>
    public (Transfer Reduce, Transfer Gather) Transfers(LayerElements elements, int microBatches)
    {
        var stack = model.Stack;
        var trained = model.Workload.Trainable == Trainable.All ? elements : default;
        var reduce = Reduction(trained);
        var gather = Over(trained, stack.ParameterGatherBytes);
        return sharding switch
        {
            Sharding.None => (reduce, reduce),
            Sharding.Zero1 => (reduce, gather),
            Sharding.Zero2 => (stack.ReducesOnceAStep ? reduce : (double)microBatches * reduce, gather),
            _ => ((double)microBatches * reduce, 2.0 * microBatches * Over(elements, stack.ParameterGatherBytes)),
        };
    }

    /// <summary>Synchronisation and optimizer of so many elements with nothing to hide beside.</summary>
    public SyncCost Sync(LayerElements elements) => Sync(default(LayerCost) with { Elements = elements });

    /// <summary>A layer's cost as integers. Memory is rounded up, times to the nearest tick.</summary>
    public ItemCost Item(LayerCost cost)
    {
        var sync = Sync(cost);
        var overhead = model.Stack.Memory.AllocatorOverhead;
        return new ItemCost(
            Tick(cost.Forward + sync.ShownForward),
            Tick(cost.BackwardInput + sync.ShownBackward),
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

    /// <summary>ZeRO-3: bytes of the layers whose weights are whole at once.</summary>
    public double GatheredLayers(ModelParts parts) => sharding < Sharding.Zero3
        ? 0
        : model.Stack.Memory.GatheredLayers * model.Stack.ParameterGatherBytes * parts.Shapes.Max(layer => layer.Elements.Total);

    /// <summary>ZeRO-3: bytes of a part that is whole all the time.</summary>
    public double Whole(LayerElements elements) =>
        sharding < Sharding.Zero3 || model.Stack.Memory.GatheredLayers == 0 ? 0 : model.Stack.ParameterGatherBytes * elements.Total;

    internal long WholeKib(LayerElements elements) => Kib(model.Stack.Memory.AllocatorOverhead * Whole(elements));

    internal static long Tick(double seconds) => Ticks.FromSeconds(new Seconds(seconds));

    internal static long Kib(double bytes) => (long)Math.Ceiling(bytes / 1024);

    private double AtEnd(double transfer, double compute) =>
        ExposedShares.Shows(model.Stack.Exposed.GradientSync, model.Stack.Exposed.GradientSyncWindow, transfer, compute);

    private double EveryMicroBatch(double transfer, double compute) =>
        ExposedShares.Shows(model.Stack.Exposed.ShardedSync, model.Stack.Exposed.ShardedSyncWindow, transfer, compute);

    // Gradients of a shard are summed over the copies: an all-reduce, which gathers what it scattered.
    private Transfer AcrossCopies(LayerElements elements, double bytesAnElement) =>
        2 * GradientSync.Transfer(model.Layers.Fabric, dense.Copies, (elements.Linear + elements.Other) / dense.Shards.Size, bytesAnElement);

    private static (ReplicaGroup Shards, ReplicaGroup Copies) Within(ReplicaGroup all, CostModel model, Sharding sharding, int stride)
    {
        var shards = model.Stack.ShardGroup;
        return sharding == Sharding.None || shards <= 0 || shards >= all.Size || all.Size % shards != 0
            ? (all, new ReplicaGroup(1, 1, 1))
            : all.Divided(shards, stride, model.Layers.Fabric);
    }

    private Transfer Reduction(LayerElements trained) => Over(trained, model.Stack.GradientSyncBytes) + AcrossCopies(trained, model.Stack.GradientSyncBytes);

    private Transfer Over(LayerElements elements, double bytesAnElement)
    {
        var fabric = model.Layers.Fabric;
        return GradientSync.Transfer(fabric, dense.Shards, elements.Linear + elements.Other, bytesAnElement)
            + (elements.Expert > 0 ? GradientSync.Transfer(fabric, experts, elements.Expert, bytesAnElement) : default);
    }
}
