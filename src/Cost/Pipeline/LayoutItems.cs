using Planner.Cost.Layers;
using Planner.Cost.Layout;

namespace Planner.Cost.Pipeline;

/// <summary>Costs of every part of a model under one layout, as integers; see <see cref="PlacementProblem"/> for the parts.</summary>
public sealed record LayoutItems(
    ItemCost Embedding,
    ItemCost Dense,
    ItemCost Moe,
    ItemCost MtpOnLast,
    ItemCost MtpBeforeLast,
    ItemCost Head,
    ItemCost SendForward,
    ItemCost SendBackward,
    ItemCost RankBase,
    long Lag)
{
    /// <summary>KiB of the head that are needed for a moment only, beyond a layer's; part of <see cref="Head"/>.</summary>
    public long HeadTransientKib { get; init; }

    /// <summary>The layers one by one; null where a stage can be told by how many it holds.</summary>
    public LayerSequence? Sequence { get; init; }

    /// <summary>Costs of a layout whose stages all follow one recompute policy.</summary>
    public static LayoutItems Of(CostModel model, LayoutSpec layout, RecomputePolicy recompute)
    {
        var key = KeyOf(model, layout, recompute);
        var states = new StateCosts(model, layout.Degrees, layout.Schedule.Copies, layout.Sharding);
        var parts = ModelParts.Of(model, key, EmbeddingBesideHead(layout));
        return Of(model, layout.Degrees, key, states, parts);
    }

    /// <summary>The same from parts already costed.</summary>
    public static LayoutItems Of(CostModel model, Degrees degrees, LayerKey key, StateCosts states, ModelParts parts)
    {
        var send = SendSeconds(model, degrees, key);
        var blocked = StateCosts.Tick(send * model.Stack.Exposed.Pipeline);
        var embedding = Whole(states, parts.Embedding);
        var head = Whole(states, parts.Head);
        var overhead = model.Stack.Memory.AllocatorOverhead;
        var held = overhead * (parts.Transient + parts.Fixed + states.GatheredLayers(parts));
        var main = states.Item((parts.Moe ?? parts.Dense)!.Value);
        var items = new LayoutItems(
            embedding,
            parts.Dense is { } dense ? states.Item(dense).Beside(main) : default,
            parts.Moe is { } moe ? states.Item(moe).Beside(main) : default,
            parts.Mtp is { } mtp ? states.Item(mtp).Beside(main) + (parts.MtpFindsEmbedding ? default : CopyOf(embedding)) : default,
            parts.Mtp is { } before ? states.Item(before).Beside(main) + CopyOf(embedding) : default,
            head.Beside(main) with { StaticKib = head.StaticKib + StateCosts.Kib(overhead * parts.HeadTransient) },
            new ItemCost(blocked, 0, 0, blocked, blocked, 0, 0, 0, 0, 0, 0),
            new ItemCost(0, blocked, 0, 0, 0, blocked, blocked, 0, 0, 0, 0),
            new ItemCost(0, 0, 0, 0, 0, 0, 0, 0, StateCosts.Tick(model.Stack.StepOverhead.Value), StateCosts.Kib(model.Stack.Memory.Reserve.Value + held), 0),
            StateCosts.Tick(send) - blocked)
        { HeadTransientKib = StateCosts.Kib(overhead * parts.HeadTransient) };
        if (!model.Model.Shapes.Vary) return items;
        var shapes = parts.Shapes.Select(shape => states.Item(shape).Beside(main)).ToArray();
        var sequence = new LayerSequence([.. model.Model.Shapes.Numbers.Select(number => shapes[number])], model.Model.Shapes.Front);
        return items with { Dense = sequence.Front, Moe = sequence.Behind, Sequence = sequence };
    }

    /// <summary>What a layer's cost depends on, of a layout whose stages all follow one recompute policy.</summary>
    public static LayerKey KeyOf(CostModel model, LayoutSpec layout) => KeyOf(model, layout, layout.Recompute);

    /// <summary>The same of a layer on a stage that follows a policy.</summary>
    public static LayerKey KeyOf(CostModel model, LayoutSpec layout, RecomputePolicy recompute) => recompute.Levels.IsEmpty
        ? KeyOf(model, layout.Degrees, layout.MicroBatch, recompute)
        : throw new ArgumentException("every stage has its own policy", nameof(recompute));

    /// <summary>The same of a policy that may be a choice stage by stage.</summary>
    public static LayerKey KeyOf(CostModel model, Degrees degrees, int microBatch, RecomputePolicy recompute) =>
        new(degrees.Tensor, degrees.Context, degrees.Expert, microBatch, recompute)
        {
            ExchangeWaits = model.Stack.Exposed.ExchangeWaits(degrees.Pipeline, degrees.Virtual),
        };

    /// <summary>First and last stage lie on one rank: one rank only, and V-shaped or bidirectional schedules.</summary>
    public static bool EmbeddingBesideHead(LayoutSpec layout)
    {
        var shape = layout.Pipeline;
        return layout.Schedule.StagesOf(0, shape).Contains(layout.Schedule.Stages(shape) - 1);
    }

    /// <summary>
    /// Seconds of one hand-over between stages. Ranks fill domains in order and the pipeline varies slowest, so as soon as the GPUs fill more than a
    /// domain some hop crosses the network, and a pipeline is as slow as its slowest hop. Where leaves are known, columns of cells lie on as few as can be
    /// (<see cref="NodeNesting"/>).
    /// </summary>
    public static double SendSeconds(CostModel model, Degrees degrees, LayerKey key)
    {
        if (degrees.Pipeline == 1) return 0;
        var fabric = model.Layers.Fabric;
        return fabric.Send(model.Layers.BoundaryBytes(key), degrees.Gpus <= fabric.DomainGpus ? 1 : fabric.DomainGpus, fabric.Placed?.Pipeline(degrees) ?? degrees.Gpus);
    }

    // Embedding and head stay whole under ZeRO-3.
    private static ItemCost Whole(StateCosts states, LayerCost part)
    {
        var item = states.Item(part);
        return item with { StaticKib = item.StaticKib + states.WholeKib(part.Elements) };
    }

    // A module away from the embedding keeps its own copy: states and their synchronisation, not the look-up's time.
    private static ItemCost CopyOf(ItemCost embedding) => default(ItemCost) with
    {
        ReduceGradients = embedding.ReduceGradients,
        Update = embedding.Update,
        StaticKib = embedding.StaticKib,
    };
}
