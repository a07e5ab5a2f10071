using Planner.Cost.Layers;
using Planner.Cost.Models;
using Planner.Cost.Schedules;

namespace Planner.Cost.Pipeline;

/// <summary>
/// One micro-batch of the whole model, summed over its parts, before degrees that only matter for states: the factor of the bound that is
/// shared by every pipeline, schedule and sharding. Ticks and KiB.
/// </summary>
public sealed class ModelWork
{
    private readonly PipelineWork work;
    private readonly CostModel model;

    public ModelWork(CostModel model, LayerKey key)
    {
        this.model = model;
        Key = key;
        Parts = ModelParts.Of(model, key, embeddingBesideHead: true);
        double forward = 0, backward = 0, pairForward = 0, pairBackward = 0, trafficForward = 0, trafficBackward = 0;
        double leastForward = double.MaxValue, leastLayer = double.MaxValue, share = 1;
        foreach (var (part, count, layer) in Counted(model.Model, Parts))
        {
            var f = StateCosts.Tick(part.Forward);
            var b = StateCosts.Tick(part.BackwardInput) + StateCosts.Tick(part.Weight);
            forward += count * (double)f;
            backward += count * (double)b;
            var pf = Math.Min(f, StateCosts.Tick(part.PairForwardCompute));
            var pb = Math.Min(b, StateCosts.Tick(part.PairBackwardCompute));
            pairForward += count * (double)pf;
            pairBackward += count * (double)pb;
            trafficForward += count * (double)Math.Min(f, StateCosts.Tick(part.PairForwardTraffic));
            trafficBackward += count * (double)Math.Min(b, StateCosts.Tick(part.PairBackwardTraffic));
            if (f + b > 0) share = Math.Min(share, f / (double)(f + b));
            if (!layer) continue;
            leastForward = Math.Min(leastForward, f);
            leastLayer = Math.Min(leastLayer, f + b);
        }

        var head = Whole(Parts.Head);
        var embedding = Whole(Parts.Embedding);
        work = new PipelineWork(
            forward,
            backward,
            pairForward,
            pairBackward,
            trafficForward,
            trafficBackward,
            leastForward,
            leastLayer,
            embedding.Forward,
            embedding.Forward + embedding.Backward,
            embedding.Pair,
            head.Forward + head.Backward,
            head.Pair,
            share,
            0,
            0);
        ActivationKib = StateCosts.Kib(model.Stack.Memory.AllocatorOverhead * (Parts.Moe ?? Parts.Dense)!.Value.Activations);
        LeastActivationKib = StateCosts.Kib(model.Stack.Memory.AllocatorOverhead
            * Math.Min(Parts.Dense?.Activations ?? double.MaxValue, Parts.Moe?.Activations ?? double.MaxValue));
        RankBaseKib = StateCosts.Kib(model.Stack.Memory.Reserve.Value + (model.Stack.Memory.AllocatorOverhead * (Parts.Transient + Parts.Fixed)));
    }

    public LayerKey Key { get; }

    public ModelParts Parts { get; }

    /// <summary>Activations of a layer of the main kind, a micro-batch in flight.</summary>
    public long ActivationKib { get; }

    /// <summary>Activations of the layer that keeps least, a micro-batch in flight.</summary>
    public long LeastActivationKib { get; }

    /// <summary>What every rank holds whatever its layers.</summary>
    public long RankBaseKib { get; }

    /// <summary>The work with a pipeline's hand-overs and what the states cost.</summary>
    public PipelineWork With(double sendSeconds, in StateTotals states) => work with
    {
        Forward = work.Forward + states.MicroBatchForward,
        Backward = work.Backward + states.MicroBatchBackward,
        PairForwardTraffic = work.PairForwardTraffic + states.MicroBatchForward,
        PairBackwardTraffic = work.PairBackwardTraffic + states.MicroBatchBackward,
        Blocked = StateCosts.Tick(sendSeconds * model.Stack.Exposed.Pipeline),
        Sync = states.Sync,

        // A stage that hands over both ways is blocked as long forward as backward.
        ForwardShare = Math.Min(Math.Min(work.ForwardShare, states.ForwardShare), sendSeconds > 0 ? 0.5 : 1),
    };

    private static (long Forward, long Backward, long Pair) Whole(LayerCost part)
    {
        var forward = StateCosts.Tick(part.Forward);
        var backward = StateCosts.Tick(part.BackwardInput) + StateCosts.Tick(part.Weight);
        var pair = Math.Min(forward, StateCosts.Tick(part.PairForwardCompute)) + Math.Min(backward, StateCosts.Tick(part.PairBackwardCompute));
        return (forward, backward, pair);
    }

    /// <summary>The parts of a model with how often each occurs; whether it is a layer that a stage may hold alone.</summary>
    public static IEnumerable<(LayerCost Part, int Count, bool Layer)> Counted(ModelSpec model, ModelParts parts)
    {
        yield return (parts.Embedding, 1, false);
        if (parts.Dense is { } dense) yield return (dense, model.LeadingDenseLayers, true);
        if (parts.Moe is { } moe) yield return (moe, model.LayersFromFirstMoe, true);
        if (parts.Mtp is { } mtp) yield return (mtp, model.MtpModules, true);
        yield return (parts.Head, 1, false);
    }
}
