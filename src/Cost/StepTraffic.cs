using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Stacks;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost;

/// <summary>One kind of traffic, mean over GPUs, a step.</summary>
/// <param name="Kind">For example expert_dispatch.</param>
/// <param name="Node">Stays in the node, or the domain that NVLink joins.</param>
/// <param name="Network">Leaves it.</param>
/// <param name="AcrossLeaves">Of that, what crosses leaf switches; null where these are not known.</param>
/// <param name="Time">What the transfers take alone, hidden behind compute or not.</param>
public readonly record struct TrafficRow(string Kind, Bytes Node, Bytes Network, Bytes? AcrossLeaves, Seconds Time);

/// <summary>What a GPU sends in a step, by the functions that the estimate costs it with, and where it goes.</summary>
public sealed class StepTraffic
{
    private readonly CostModel model;
    private readonly LayoutSpec layout;
    private readonly StagePlan plan;
    // One for each recompute policy that a stage follows; what does not depend on it takes the first.
    private readonly ImmutableArray<LayerKey> keys;
    private readonly LayerKey key;
    private readonly LeafCrossing? leaves;

    /// <param name="model">Costs.</param>
    /// <param name="layout">Layout.</param>
    /// <param name="plan">Layers on stages.</param>
    /// <param name="placement">Where nodes are; null where switches are not known.</param>
    public StepTraffic(CostModel model, LayoutSpec layout, StagePlan plan, NodePlacement? placement)
    {
        this.model = model;
        this.layout = layout;
        this.plan = plan;
        keys = [.. layout.Recompute.Choices.Select(policy => LayoutItems.KeyOf(model, layout, policy))];
        key = keys[0];
        leaves = placement is null ? null : new LeafCrossing(placement, new RankMap(layout.Degrees, model.Machine.Node.Gpus, model.Stack.FoldedExperts));
    }

    public ImmutableArray<TrafficRow> Rows()
    {
        LayerTransfers micro = default;
        Transfer reduceDense = default, reduceExperts = default, gatherDense = default, gatherExperts = default, reduce = default, gather = default;
        var parts = ModelParts.Of(model, key, LayoutItems.EmbeddingBesideHead(layout));
        var states = new StateCosts(model, layout.Degrees, layout.Schedule.Copies, layout.Sharding);
        foreach (var (part, count, transfers) in Parts(parts))
        {
            micro += count * transfers;
            var (r, g) = states.Transfers(part.Elements, layout.MicroBatches);
            var (rd, gd) = states.Transfers(part.Elements with { Expert = 0 }, layout.MicroBatches);
            (reduce, gather) = (reduce + (count * r), gather + (count * g));
            (reduceDense, gatherDense) = (reduceDense + (count * rd), gatherDense + (count * gd));
        }

        (reduceExperts, gatherExperts) = (reduce + (-1 * reduceDense), gather + (-1 * gatherDense));
        var copies = layout.Schedule.Copies;
        var (dense, experts) = (leaves?.Replicas(copies), layout.Degrees.Expert > 1 ? leaves?.ExpertReplicas(copies) : leaves?.Replicas(copies));
        double perGpu = layout.MicroBatches / (double)layout.Degrees.Pipeline;

        // A stage's copies of a bidirectional pipeline each reduce their gradients.
        var held = copies / (double)layout.Degrees.Pipeline;
        var exchanged = leaves?.Experts();
        return
        [
            Row("tensor", perGpu * micro.Tensor, leaves is null ? null : 0),
            Row("context", perGpu * micro.Context, leaves?.Context(model.Stack.ContextExchange == ContextExchange.Ring)),
            Row("expert_dispatch", perGpu * micro.Dispatch, exchanged),
            Row("expert_combine", perGpu * micro.Combine, exchanged),
            Pipeline(),
            Row("gradient_reduce", held * reduce, Share(reduceDense, dense, reduceExperts, experts)),
            Row("parameter_gather", held * gather, Share(gatherDense, dense, gatherExperts, experts)),
        ];
    }

    // Every part of the model with how often it occurs and what it sends for a micro-batch.
    private IEnumerable<(LayerCost Part, int Count, LayerTransfers Transfers)> Parts(ModelParts parts)
    {
        var layers = model.Layers;
        var (spec, first) = (model.Model, plan.FirstLayers);
        yield return (parts.Embedding, 1, default(LayerTransfers) with { Tensor = key.Tensor == 1 ? default : layers.EmbeddingTransfers(key) });
        for (var level = 0; level < keys.Length; level++)
        {
            var own = keys[level];
            var counts = new int[parts.Shapes.Length];
            for (var stage = 0; stage < first.Length; stage++)
                for (var i = 0; i < plan.Stages[stage].Layers; i++)
                    if (plan.Stages[stage].Level == level) counts[spec.Shapes.Numbers[first[stage] + i]]++;
            for (var shape = 0; shape < counts.Length; shape++)
                if (counts[shape] > 0) yield return (parts.Shapes[shape], counts[shape], layers.Transfers(spec.Shapes.Distinct[shape].Kind, own));

            if (parts.Mtp is { } mtp) yield return (mtp, plan.Stages.Where(stage => stage.Level == level).Sum(stage => stage.Mtp), layers.Transfers(spec.MtpLayerKind, own));
        }

        yield return (parts.Head, 1, default(LayerTransfers) with { Tensor = key.Tensor == 1 ? default : layers.HeadTransfers(key) });
    }

    private TrafficRow Pipeline()
    {
        var ranks = layout.Degrees.Pipeline;
        if (ranks == 1) return Row("pipeline", default, leaves is null ? null : 0);
        var domain = model.Layers.Fabric.DomainGpus;
        var bytes = model.Layers.BoundaryBytes(key);
        var (near, far, across, hops) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (from, to) in Hops())
        {
            hops++;
            var (inNode, inLeaf, between) = leaves?.Hops(from, to) ?? Domains(from, to, domain);
            double all = inNode + inLeaf + between;
            near += inNode / all;
            far += (inLeaf + between) / all;
            across += between / all;
        }

        // Each hop once forward and once backward a micro-batch; the two directions of a bidirectional pipeline share the micro-batches.
        var times = 2 * layout.MicroBatches / (double)ranks / layout.Schedule.Copies;
        var seconds = times * hops * LayoutItems.SendSeconds(model, layout.Degrees, key);
        return new TrafficRow(
            "pipeline", new Bytes(times * near * bytes), new Bytes(times * far * bytes), leaves is null ? null : new Bytes(times * across * bytes), new Seconds(seconds));
    }

    // Ranks of neighbouring stages that are not the same; both directions of a bidirectional pipeline.
    private IEnumerable<(int From, int To)> Hops()
    {
        var ranks = layout.Degrees.Pipeline;
        var stages = plan.Stages.Length;
        var rankOf = new int[stages];
        if (layout.Schedule.Copies == 1)
        {
            for (var rank = 0; rank < ranks; rank++)
                foreach (var stage in layout.Schedule.StagesOf(rank, layout.Pipeline)) rankOf[stage] = rank;
        }
        else
        {
            for (var stage = 0; stage < stages; stage++) rankOf[stage] = stage;
        }

        for (var stage = 0; stage + 1 < stages; stage++)
        {
            if (rankOf[stage] == rankOf[stage + 1]) continue;
            yield return (rankOf[stage], rankOf[stage + 1]);
            if (layout.Schedule.Copies > 1) yield return (ranks - 1 - rankOf[stage], ranks - 1 - rankOf[stage + 1]);
        }
    }

    private (int Node, int Leaf, int Across) Domains(int from, int to, int domain)
    {
        var stage = layout.Degrees.Gpus / layout.Degrees.Pipeline;
        var near = 0;
        for (var i = 0; i < stage; i++)
            if (((from * stage) + i) / domain == ((to * stage) + i) / domain) near++;
        return (near, stage - near, 0);
    }

    private static double? Share(Transfer a, double? shareA, Transfer b, double? shareB) =>
        shareA is null ? null : a.Network + b.Network <= 0 ? 0 : ((a.Network * shareA) + (b.Network * shareB)) / (a.Network + b.Network);

    private static TrafficRow Row(string kind, Transfer sent, double? share) =>
        new(kind, new Bytes(sent.Node), new Bytes(sent.Network), share is { } across ? new Bytes(across * sent.Network) : null, new Seconds(sent.Seconds));
}
