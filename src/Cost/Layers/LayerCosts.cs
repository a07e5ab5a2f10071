using System.Collections.Concurrent;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Traffic;

namespace Planner.Cost.Layers;

/// <summary>Costs every kind of layer of one model on one machine with one stack: compute from kernels, traffic from links, memory from what is kept.</summary>
public sealed class LayerCosts
{
    // The backward pass of a layer launches about twice the kernels of its forward.
    private const double MoeHostForward = 1.0 / 3;

    private readonly ModelSpec model;
    private readonly StackSpec stack;
    private readonly Workload workload;
    private readonly ComputeRates rates;
    private readonly bool fp8Saved;
    private readonly double moeLayerHost;

    // Kernels that do not depend on the expert ranks: a dense layer's, an MoE layer's before its experts.
    private readonly ConcurrentDictionary<(LayerShape, int Tensor, int Context, int MicroBatch, RecomputeModules), LayerWorkBuilder> shared = [];

    // Parts that neither the expert ranks nor the recompute policy change.
    private readonly ConcurrentDictionary<(int Tensor, int Context, int MicroBatch), LayerCost> embeddings = [];
    private readonly ConcurrentDictionary<(int Tensor, int Context, int MicroBatch), LayerCost> modules = [];
    private readonly ConcurrentDictionary<(int Tensor, int Context, int MicroBatch, bool), LayerCost> heads = [];

    /// <param name="model">Model.</param>
    /// <param name="machine">Machine.</param>
    /// <param name="stack">Software; must have rates for the machine's architecture at the workload's precision.</param>
    /// <param name="workload">Sequence, batch, precision, load factor.</param>
    public LayerCosts(ModelSpec model, MachineSpec machine, StackSpec stack, Workload workload)
    {
        this.model = model;
        this.stack = stack;
        this.workload = workload;
        var architecture = stack.For(machine.Accelerator.Architecture)
            ?? throw new ArgumentException($"stack {stack.Name} has no rates for {machine.Accelerator.Architecture}", nameof(stack));
        rates = new ComputeRates(machine, stack, architecture);
        moeLayerHost = architecture.MoeLayerHost.Value;
        fp8Saved = workload.Precision.Quantised() && stack.SavesFp8Activations;
        Fabric = Fabric.Of(machine, stack);
        Exchange = model.Moe is null ? null : new ExpertExchange(model, stack, Fabric, workload);
    }

    public Fabric Fabric { get; }

    /// <summary>Dispatch and combine; null for dense models.</summary>
    public ExpertExchange? Exchange { get; }

    /// <summary>HBM bandwidth of element-wise kernels and of the optimizer, bytes a second.</summary>
    public double ElementwiseBandwidth => rates.ElementwiseBandwidth;

    /// <summary>The first transformer layer of a kind.</summary>
    public LayerCost Layer(LayerKind kind, LayerKey key) => Layer(model.Shapes.First(kind), key);

    /// <summary>One transformer layer.</summary>
    public LayerCost Layer(LayerShape layer, LayerKey key)
    {
        var (kind, at) = (layer.Kind, At(key));
        var builder = Shared(layer, key, at).Copy();
        var (tpForward, tpBackward) = TensorParallel.Attention(Fabric, at);
        var (load, worst) = (1.0, 1.0);
        ExchangeTime exchange = default;
        if (kind == LayerKind.Moe)
        {
            var stride = ExpertStride(key);
            load = Exchange!.Load(key.Expert, stride);
            worst = Exchange.WorstLoad(key.Expert, stride);
            exchange = Exchange.Time(at.Tokens / key.Tensor, key.Expert, stride);
            MlpWork.AddMoe(builder, at, (model.Moe!.Experts + workload.ExtraExperts) / (double)key.Expert, Exchange.Reached(key.Expert), load);
        }

        if (kind == LayerKind.Dense || model.Moe!.SharedWidth > 0)
        {
            var (f, b) = TensorParallel.Mlp(Fabric, at);
            (tpForward, tpBackward) = (tpForward + f, tpBackward + b);
        }

        var full = key.Recompute.Has(RecomputeModules.Full);
        if (full) builder.RecomputeAll(stack.RecomputeStopsEarly && kind == LayerKind.Dense);
        var context = ContextParallel.Time(Fabric, model, stack.ContextExchange, at.Tokens, key.Context, key.Tensor, key.Expert);
        var again = full || key.Recompute.Has(RecomputeModules.Experts);
        var cost = Compose(
            builder.Work,
            new LayerTraffic(key.Tensor, tpForward.Seconds, tpBackward.Seconds, context.Forward.Seconds, context.Backward.Seconds, exchange, full, again)
            {
                ExchangeWaits = key.ExchangeWaits || (again && stack.Exposed.ExpertParallelNeedsChunks),
            },
            ActivationMemory.Layer(at, kind, fp8Saved, load).On(at),
            TransientMemory.Layer(at, kind, fp8Saved, worst),
            LayerElements.Of(model, kind, key.Tensor, key.Expert, workload.ExtraExperts));
        return HeldUpByHost(cost, kind, full);
    }

    /// <summary>What a layer's GPU sends for one micro-batch, forward and backward, by the functions that cost it.</summary>
    public LayerTransfers Transfers(LayerKind kind, LayerKey key)
    {
        var at = At(key);
        var (tpForward, tpBackward) = TensorParallel.Attention(Fabric, at);
        if (kind == LayerKind.Dense || model.Moe!.SharedWidth > 0)
        {
            var (f, b) = TensorParallel.Mlp(Fabric, at);
            (tpForward, tpBackward) = (tpForward + f, tpBackward + b);
        }

        // Full recomputation sends a forward's traffic again, recomputed experts the exchange alone.
        var full = key.Recompute.Has(RecomputeModules.Full);
        var context = ContextParallel.Time(Fabric, model, stack.ContextExchange, at.Tokens, key.Context, key.Tensor, key.Expert);
        var (dispatch, combine) = kind == LayerKind.Moe ? Exchange!.Transfers(at.Tokens / key.Tensor, key.Expert, ExpertStride(key)) : default;
        double ways = full || key.Recompute.Has(RecomputeModules.Experts) ? 3 : 2;
        return new LayerTransfers(
            ((full ? 2 : 1) * tpForward) + tpBackward, ((full ? 2 : 1) * context.Forward) + context.Backward, ways * dispatch, ways * combine);
    }

    /// <summary>The same of the embedding.</summary>
    public Transfer EmbeddingTransfers(LayerKey key)
    {
        var (scatter, gather) = TensorParallel.Mlp(Fabric, At(key));
        return (1.0 / 2 * scatter) + (1.0 / 3 * gather);
    }

    /// <summary>The same of the head, multi-token-prediction modules included.</summary>
    public Transfer HeadTransfers(LayerKey key)
    {
        var (forward, backward) = TensorParallel.Mlp(Fabric, At(key));
        return (1 + model.MtpModules) * ((1.0 / 2 * forward) + (2.0 / 3 * backward));
    }

    // The host launches a layer's kernels one by one; where it is slower than the GPU the GPU waits.
    private LayerCost HeldUpByHost(in LayerCost cost, LayerKind kind, bool recomputed)
    {
        var host = stack.Host;
        var experts = kind == LayerKind.Moe ? moeLayerHost : 0;
        var forward = Math.Max(host.ForwardKernels * host.PerKernel.Value, MoeHostForward * experts);
        var backward = Math.Max(host.BackwardKernels * host.PerKernel.Value, (1 - MoeHostForward) * experts) + (recomputed ? forward : 0);
        return cost with
        {
            Forward = Math.Max(cost.Forward, forward),
            BackwardInput = Math.Max(cost.BackwardInput, backward - cost.Weight),
            ForwardCompute = Math.Max(cost.ForwardCompute, forward),
            BackwardInputCompute = Math.Max(cost.BackwardInputCompute, backward - cost.Weight),
        };
    }

    /// <summary>A multi-token-prediction module: norms, projection of (hidden, embedding) to hidden, one layer.</summary>
    /// <param name="key">Degrees and micro-batch.</param>
    /// <param name="layer">What its layer costs, where that is known.</param>
    public LayerCost Mtp(LayerKey key, LayerCost? layer = null) =>
        (layer ?? Layer(model.Shapes.All[^1], key)) + modules.GetOrAdd((key.Tensor, key.Context, key.MicroBatch), static (_, of) => of.This.MtpExtra(of.Key), (This: this, Key: key));

    private LayerCost MtpExtra(LayerKey key)
    {
        var at = At(key);
        var (tokens, own) = (at.Tokens, at.Own);
        var builder = Builder();
        builder.Elementwise(12 * own * model.Hidden, 24 * own * model.Hidden);
        builder.Quantise(2 * tokens * model.Hidden, false);
        builder.Linear(1, tokens, 2.0 * model.Hidden, model.Hidden / (double)key.Tensor);
        return Compose(builder.Work, LayerTraffic.None, 3 * stack.ElementBytes * own * model.Hidden, 0, LayerElements.MtpExtra(model, key.Tensor));
    }

    /// <summary>Look-up of the embedding. Its gradient is a scatter-add into FP32.</summary>
    public LayerCost Embedding(LayerKey key) =>
        embeddings.GetOrAdd((key.Tensor, key.Context, key.MicroBatch), static (_, of) => of.This.LookUp(of.Key), (This: this, Key: key));

    private LayerCost LookUp(LayerKey key)
    {
        var at = At(key);
        var own = at.Own;
        var work = new LayerWork(new PassWork(0, 0, 4 * own * model.Hidden, 1), default, new PassWork(0, 0, 10 * own * model.Hidden, 1));
        var (scatter, gather) = key.Tensor == 1 ? default : TensorParallel.Mlp(Fabric, at);
        return Compose(work, new LayerTraffic(key.Tensor, scatter.Seconds / 2, gather.Seconds / 3, 0, 0, default, false, false), 0, 0, LayerElements.Embedding(model, key.Tensor));
    }

    /// <summary>Final norm, output head in BF16, loss; once more for a multi-token-prediction module.</summary>
    /// <param name="key">Degrees and micro-batch.</param>
    /// <param name="holdsEmbedding">The embedding lies on the same GPU.</param>
    public LayerCost Head(LayerKey key, bool holdsEmbedding) => heads.GetOrAdd(
        (key.Tensor, key.Context, key.MicroBatch, holdsEmbedding), static (sizes, of) => of.This.Projection(of.Key, sizes.Item4), (This: this, Key: key));

    private LayerCost Projection(LayerKey key, bool holdsEmbedding)
    {
        var at = At(key);
        var (tokens, own) = (at.Tokens, at.Own);
        var logits = tokens * model.Vocabulary / key.Tensor;
        var builder = Builder();
        var (tpForward, tpBackward) = TensorParallel.Mlp(Fabric, at);
        for (var pass = 0; pass <= model.MtpModules; pass++)
        {
            builder.Elementwise(4 * own * model.Hidden, 8 * own * model.Hidden);
            builder.Linear(1, tokens, model.Hidden, model.Vocabulary / (double)key.Tensor, Precision.Bf16);

            builder.Elementwise(stack.Loss.Forward * logits, stack.Loss.Backward * logits);
        }

        var passes = 1 + model.MtpModules;
        return Compose(
            builder.Work,
            new LayerTraffic(key.Tensor, passes * tpForward.Seconds / 2, passes * 2 * tpBackward.Seconds / 3, 0, 0, default, false, false),
            passes * 2 * stack.ElementBytes * own * model.Hidden,
            TransientMemory.Head(at, workload.Trainable == Trainable.All),
            LayerElements.Head(model, key.Tensor, holdsEmbedding));
    }

    /// <summary>Bytes that a GPU with these kinds of layers holds all the time beside states and activations: workspaces, unused weight gradients.</summary>
    public double Fixed(LayerKey key, IEnumerable<LayerKind> kinds, bool mtp)
    {
        var memory = stack.Memory;
        var workspaces = memory.Workspace.Value + (model.Moe is null ? 0 : memory.ExpertWorkspace.Value);
        if (!memory.DummyGradients || workload.Trainable != Trainable.All) return workspaces;
        var shapes = kinds.Distinct().SelectMany(kind => LinearShapes.Of(model, kind, key.Tensor));
        if (mtp) shapes = shapes.Concat(LinearShapes.Of(model, model.MtpLayerKind, key.Tensor)).Append(LinearShapes.MtpProjection(model, key.Tensor));
        return workspaces + (stack.ElementBytes * LinearShapes.DistinctElements(shapes));
    }

    /// <summary>Bytes of one hand-over between stages.</summary>
    public double BoundaryBytes(LayerKey key) => stack.ElementBytes * Tokens(key) / key.Tensor * model.Hidden;

    /// <summary>Rows of the busiest expert rank over the mean, as MoE layers take it; null for dense models.</summary>
    public double? ExpertLoad(LayerKey key) => Exchange?.Load(key.Expert, ExpertStride(key));

    private int ExpertStride(LayerKey key) => stack.FoldedExperts ? 1 : key.Tensor;

    private double Tokens(LayerKey key) => (double)key.MicroBatch * workload.SequenceLength / key.Context;

    private LayerSetting At(LayerKey key) => new(model, stack, Tokens(key), key.MicroBatch, workload.SequenceLength, key.Tensor, key.Recompute);

    private LayerWorkBuilder Shared(LayerShape layer, LayerKey key, in LayerSetting at)
    {
        var sizes = (layer, key.Tensor, key.Context, key.MicroBatch, key.Recompute.Modules);
        if (shared.TryGetValue(sizes, out var builder)) return builder;
        builder = Builder();
        AttentionWork.Add(builder, at, model.AttentionContext(layer, workload.SequenceLength));
        if (layer.Kind == LayerKind.Dense) MlpWork.AddDense(builder, at);
        return shared.GetOrAdd(sizes, builder);
    }

    private LayerWorkBuilder Builder() => new(rates, workload.Precision, workload.Trainable, stack.DynamicScales, stack.ElementBytes / 2);

    private LayerCost Compose(LayerWork work, LayerTraffic traffic, double activations, double transient, LayerElements elements)
    {
        var exchange = traffic.Exchange;
        var waitForward = TensorShows(traffic.TensorForward, traffic.Tensor) + ContextShows(traffic.ContextForward, work.Forward.Attention);
        var waitBackward = TensorShows(traffic.TensorBackward, traffic.Tensor) + ContextShows(traffic.ContextBackward, work.BackwardInput.Attention);
        if (traffic.Repeated) waitBackward += waitForward;
        var repeats = traffic.ExchangeRepeated ? 2 : 1;
        var (forward, backward, weight) = (rates.Alone(work.Forward), rates.Alone(work.BackwardInput), rates.Alone(work.Weight));
        return new LayerCost(
            forward + waitForward + ExchangeShows(exchange.Alone, forward, traffic.ExchangeWaits),
            backward + waitBackward + ExchangeShows(repeats * exchange.Alone, backward + weight, traffic.ExchangeWaits),
            weight,
            rates.Paired(work.Forward) + waitForward,
            rates.Paired(work.BackwardInput) + rates.Paired(work.Weight) + waitBackward,
            PairTraffic(exchange, traffic.TensorForward),
            (repeats * PairTraffic(exchange, 0)) + PairTraffic(default, traffic.TensorBackward),
            traffic.TensorForward + traffic.TensorBackward + traffic.ContextForward + traffic.ContextBackward + ((1 + repeats) * exchange.Alone),
            activations,
            transient,
            elements)
        {
            ForwardCompute = forward,
            BackwardInputCompute = backward,
            PairForwardWait = waitForward,
            PairBackwardWait = waitBackward,
        };
    }

    // Overlapped collectives run piece by piece beside their GEMM, a piece a tensor rank; the first piece has nothing beside it. A share of 0 leaves them out.
    private double TensorShows(double transfer, int ranks)
    {
        var share = stack.Exposed.TensorParallel;
        return share == 0 ? 0 : (share + ((1 - share) / ranks)) * transfer;
    }

    private double ContextShows(double transfer, double attention) =>
        ExposedShares.Shows(stack.Exposed.ContextParallel, stack.Exposed.ContextParallelWindow, transfer, attention);

    private double ExchangeShows(double transfer, double compute, bool waits) =>
        waits ? transfer : ExposedShares.Shows(stack.Exposed.ExpertParallel, stack.Exposed.ExpertParallelWindow, transfer, compute);

    // Tensor-parallel collectives run on NVLink, so they share it with the exchange's leg inside the node.
    private double PairTraffic(ExchangeTime exchange, double tensor) =>
        (stack.Overlap.CommunicationSlowdown * Math.Max(exchange.Network, exchange.Node + tensor)) + exchange.Fixed;

    private readonly record struct LayerTraffic(
        int Tensor,
        double TensorForward,
        double TensorBackward,
        double ContextForward,
        double ContextBackward,
        ExchangeTime Exchange,
        bool Repeated,
        bool ExchangeRepeated)
    {
        public bool ExchangeWaits { get; init; }

        public static LayerTraffic None { get; } = new(1, 0, 0, 0, 0, default, false, false);
    }
}
