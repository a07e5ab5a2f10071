using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
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

    // Backward of the layers of the main kind, alone and in pairs, and what they keep: one where they are alike, else one of each shape.
    private readonly (long Backward, long Pair, long Kib)[] mains = [];

    private ModelWork(CostModel model, LayerKey key, ImmutableArray<ModelWork> levels)
    {
        this.model = model;
        Key = key;
        Levels = levels;
        Parts = levels[0].Parts;
        work = levels.Select(level => level.work).Aggregate(Least);
        ActivationKib = levels.Min(level => level.ActivationKib);
        LeastActivationKib = levels.Min(level => level.LeastActivationKib);
        RankBaseKib = levels.Min(level => level.RankBaseKib);
        var fastest = levels.MinBy(level => (level.mains[0].Backward, level.ActivationKib))!;
        FastActivationKib = fastest.ActivationKib;
        var (backwardOfKib, pairOfKib) = (double.MaxValue, double.MaxValue);
        foreach (var leaner in levels)
        {
            for (var shape = 0; shape < fastest.mains.Length; shape++)
            {
                var (fast, lean) = (fastest.mains[shape], leaner.mains[shape]);
                if (lean.Kib >= fast.Kib) continue;
                double saved = fast.Kib - lean.Kib;
                backwardOfKib = Math.Min(backwardOfKib, (lean.Backward - fast.Backward) / saved);
                pairOfKib = Math.Min(pairOfKib, (lean.Pair - fast.Pair) / saved);
            }
        }

        BackwardOfKib = backwardOfKib == double.MaxValue ? 0 : backwardOfKib;
        PairOfKib = pairOfKib == double.MaxValue ? 0 : Math.Max(0, pairOfKib);
        LayerTicks = levels.Min(level => level.LayerTicks);
        LayerPairTicks = levels.Min(level => level.LayerPairTicks);
    }

    public ModelWork(CostModel model, LayerKey key)
    {
        this.model = model;
        Key = key;
        Parts = ModelParts.Of(model, key, embeddingBesideHead: true);
        Counted = CountedPart.Of(model.Model, Parts);
        double forward = 0, backward = 0, pairForward = 0, pairBackward = 0, trafficForward = 0, trafficBackward = 0;
        double leastForward = double.MaxValue, leastLayer = double.MaxValue, share = 1;
        foreach (var (part, count, layer) in Counted)
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
        var shapes = model.Model.Shapes.Main;
        mains = new (long, long, long)[shapes.Length];
        (LayerTicks, LayerPairTicks, ActivationKib) = (long.MaxValue, long.MaxValue, long.MaxValue);
        for (var i = 0; i < mains.Length; i++)
        {
            var main = Parts.Shapes[shapes[i]];
            var alone = StateCosts.Tick(main.BackwardInput) + StateCosts.Tick(main.Weight);
            var pair = Math.Min(alone, StateCosts.Tick(main.PairBackwardCompute));
            mains[i] = (alone, pair, StateCosts.Kib(model.Stack.Memory.AllocatorOverhead * main.Activations));
            LayerTicks = Math.Min(LayerTicks, StateCosts.Tick(main.Forward) + alone);
            LayerPairTicks = Math.Min(LayerPairTicks, Math.Min(StateCosts.Tick(main.Forward), StateCosts.Tick(main.PairForwardCompute)) + pair);
            ActivationKib = Math.Min(ActivationKib, mains[i].Kib);
        }

        FastActivationKib = ActivationKib;
        LeastActivationKib = StateCosts.Kib(model.Stack.Memory.AllocatorOverhead * Parts.Shapes.Min(layer => layer.Activations));
        RankBaseKib = StateCosts.Kib(model.Stack.Memory.Reserve.Value + (model.Stack.Memory.AllocatorOverhead * (Parts.Transient + Parts.Fixed)));
    }

    /// <summary>The work under each recompute policy that a stage may follow; empty where there is one for all.</summary>
    public ImmutableArray<ModelWork> Levels { get; } = [];

    /// <summary>The work under a key whose recompute policy may be a choice stage by stage: then the least of all choices.</summary>
    public static ModelWork Of(CostModel model, LayerKey key) => Of(model, key, policy => new ModelWork(model, key with { Recompute = policy }));

    /// <summary>The same where the works of single policies are known.</summary>
    public static ModelWork Of(CostModel model, LayerKey key, Func<RecomputePolicy, ModelWork> single) => key.Recompute.Levels.IsEmpty
        ? new ModelWork(model, key)
        : new ModelWork(model, key, [.. key.Recompute.Levels.Select(single)]);

    public LayerKey Key { get; }

    public ModelParts Parts { get; }

    /// <summary>The parts with how often each occurs; empty where there are several policies.</summary>
    public ImmutableArray<CountedPart> Counted { get; } = [];

    /// <summary>Activations of a layer of the main kind, a micro-batch in flight; the least of all policies, and of all such layers where they differ.</summary>
    public long ActivationKib { get; }

    /// <summary>The same under the policy with the shortest backward.</summary>
    public long FastActivationKib { get; }

    /// <summary>Activations of the layer that keeps least, a micro-batch in flight.</summary>
    public long LeastActivationKib { get; }

    /// <summary>Forward and full backward of a layer of the main kind, ticks; the least where they differ.</summary>
    public long LayerTicks { get; }

    /// <summary>The smaller of that and its compute in pairs, ticks.</summary>
    public long LayerPairTicks { get; }

    /// <summary>Where stages have a choice of policies: ticks of backward that a KiB less of activations costs at least.</summary>
    public double BackwardOfKib { get; }

    /// <summary>The same inside pairs.</summary>
    public double PairOfKib { get; }

    /// <summary>What every rank holds whatever its layers.</summary>
    public long RankBaseKib { get; }

    /// <summary>The work with a pipeline's hand-overs and what the states cost.</summary>
    /// <param name="sendSeconds">One hand-over.</param>
    /// <param name="states">States.</param>
    /// <param name="savedKib">Activations a micro-batch that stages must not keep under the fastest policy, at least, summed over them.</param>
    public PipelineWork With(double sendSeconds, in StateTotals states, double savedKib = 0) => work with
    {
        Forward = work.Forward + states.MicroBatchForward,
        Backward = work.Backward + states.MicroBatchBackward + (savedKib * BackwardOfKib),
        PairBackward = work.PairBackward + (savedKib * PairOfKib),
        PairForwardTraffic = work.PairForwardTraffic + states.MicroBatchForward,
        PairBackwardTraffic = work.PairBackwardTraffic + states.MicroBatchBackward,
        Blocked = StateCosts.Tick(sendSeconds * model.Stack.Exposed.Pipeline),
        Sync = states.Sync,

        // A stage that hands over both ways is blocked as long forward as backward.
        ForwardShare = Math.Min(Math.Min(work.ForwardShare, states.ForwardShare), sendSeconds > 0 ? 0.5 : 1),
    };

    private static PipelineWork Least(PipelineWork a, PipelineWork b) => new(
        Math.Min(a.Forward, b.Forward),
        Math.Min(a.Backward, b.Backward),
        Math.Min(a.PairForward, b.PairForward),
        Math.Min(a.PairBackward, b.PairBackward),
        Math.Min(a.PairForwardTraffic, b.PairForwardTraffic),
        Math.Min(a.PairBackwardTraffic, b.PairBackwardTraffic),
        Math.Min(a.LeastForward, b.LeastForward),
        Math.Min(a.LeastLayer, b.LeastLayer),
        Math.Min(a.EmbeddingForward, b.EmbeddingForward),
        Math.Min(a.Embedding, b.Embedding),
        Math.Min(a.EmbeddingPair, b.EmbeddingPair),
        Math.Min(a.Head, b.Head),
        Math.Min(a.HeadPair, b.HeadPair),
        Math.Min(a.ForwardShare, b.ForwardShare),
        0,
        0);

    private static (long Forward, long Backward, long Pair) Whole(in LayerCost part)
    {
        var forward = StateCosts.Tick(part.Forward);
        var backward = StateCosts.Tick(part.BackwardInput) + StateCosts.Tick(part.Weight);
        var pair = Math.Min(forward, StateCosts.Tick(part.PairForwardCompute)) + Math.Min(backward, StateCosts.Tick(part.PairBackwardCompute));
        return (forward, backward, pair);
    }
}
