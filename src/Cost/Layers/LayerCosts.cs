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
    private readonly ModelSpec model;
    private readonly StackSpec stack;
    private readonly Workload workload;
    private readonly ComputeRates rates;
    private readonly bool fp8Saved;

    /// <param name="model">Model.</param>
    /// <param name="machine">Machine.</param>
    /// <param name="stack">Software; must have rates for the machine's architecture at the workload's precision.</param>
    /// <param name="workload">Sequence, batch, precision, load factor.</param>
    public LayerCosts(ModelSpec model, MachineSpec machine, StackSpec stack, Workload workload)
    {
        this.model = model;
        this.stack = stack;
        this.workload = workload;
        rates = new ComputeRates(
            machine,
            stack,
            stack.For(machine.Accelerator.Architecture) ?? throw new ArgumentException($"stack {stack.Name} has no rates for {machine.Accelerator.Architecture}", nameof(stack)));
        fp8Saved = workload.Precision.Quantised() && stack.SavesFp8Activations;
        Fabric = Fabric.Of(machine, stack);
        Exchange = model.Moe is null ? null : new ExpertExchange(model, stack, Fabric, workload);
    }

    public Fabric Fabric { get; }

    /// <summary>Dispatch and combine; null for dense models.</summary>
    public ExpertExchange? Exchange { get; }

    /// <summary>HBM bandwidth of element-wise kernels and of the optimizer, bytes a second.</summary>
    public double ElementwiseBandwidth => rates.ElementwiseBandwidth;

    /// <summary>One transformer layer.</summary>
    public LayerCost Layer(LayerKind kind, LayerKey key)
    {
        var tokens = Tokens(key);
        var builder = new LayerWorkBuilder(rates, workload.Precision);
        AttentionWork.Add(builder, model, tokens, model.AttentionContext(workload.SequenceLength), key.Tensor, key.Recompute);
        var latents = stack.LatentTensorParallel;
        var (tpForward, tpBackward) = TensorParallel.Attention(Fabric, model, tokens, key.Tensor, latents);
        var load = 1.0;
        ExchangeTime exchange = default;
        if (kind == LayerKind.Moe)
        {
            load = Exchange!.Load(key.Expert);
            exchange = Exchange.Time(tokens / key.Tensor, key.Expert, key.Tensor);
            MlpWork.AddMoe(builder, model, tokens, key.Tensor, key.Expert, Exchange.Reached(key.Expert), load, key.Recompute);
        }
        else
        {
            MlpWork.AddDense(builder, model, tokens, key.Tensor, key.Recompute);
        }

        if (kind == LayerKind.Dense || model.Moe!.SharedWidth > 0)
        {
            var (f, b) = TensorParallel.Mlp(Fabric, model, tokens, key.Tensor);
            (tpForward, tpBackward) = (tpForward + f, tpBackward + b);
        }

        var full = key.Recompute.Has(RecomputeModules.Full);
        if (full) builder.RecomputeAll();
        var context = ContextParallel.Time(Fabric, model, tokens, key.Context, key.Tensor);
        var kept = ActivationMemory.Attention(model, key.Recompute, fp8Saved)
            + (kind == LayerKind.Moe ? ActivationMemory.Moe(model, key.Recompute, fp8Saved, load) : ActivationMemory.Dense(model, key.Recompute, fp8Saved));
        return Compose(
            builder.Work,
            new LayerTraffic(tpForward, tpBackward, context.Forward, context.Backward, exchange, full),
            kept * tokens / key.Tensor,
            ActivationMemory.Transient(model, kind, load) * tokens / key.Tensor,
            LayerElements.Of(model, kind, key.Tensor, key.Expert));
    }

    /// <summary>A multi-token-prediction module: norms, projection of (hidden, embedding) to hidden, one layer.</summary>
    public LayerCost Mtp(LayerKey key)
    {
        var tokens = Tokens(key);
        var own = tokens / key.Tensor;
        var builder = new LayerWorkBuilder(rates, workload.Precision);
        builder.Elementwise(12 * own * model.Hidden, 24 * own * model.Hidden);
        builder.Quantise(2 * tokens * model.Hidden, false);
        builder.Linear(1, tokens, 2.0 * model.Hidden, model.Hidden / (double)key.Tensor);
        var extra = Compose(builder.Work, default, 6 * own * model.Hidden, 0, LayerElements.MtpExtra(model, key.Tensor));
        return Layer(model.MtpLayerKind, key) + extra;
    }

    /// <summary>Look-up of the embedding. Its gradient is a scatter-add into FP32.</summary>
    public LayerCost Embedding(LayerKey key)
    {
        var own = Tokens(key) / key.Tensor;
        var work = new LayerWork(new PassWork(0, 0, 4 * own * model.Hidden, 1), default, new PassWork(0, 0, 10 * own * model.Hidden, 1));
        var (scatter, gather) = key.Tensor == 1 ? (0, 0) : TensorParallel.Mlp(Fabric, model, Tokens(key), key.Tensor);
        return Compose(work, new LayerTraffic(scatter / 2, gather / 3, 0, 0, default, false), 0, 0, LayerElements.Embedding(model, key.Tensor));
    }

    /// <summary>Final norm, output head in BF16, loss; once more for a multi-token-prediction module.</summary>
    /// <param name="key">Degrees and micro-batch.</param>
    /// <param name="holdsEmbedding">The embedding lies on the same GPU.</param>
    public LayerCost Head(LayerKey key, bool holdsEmbedding)
    {
        var tokens = Tokens(key);
        var own = tokens / key.Tensor;
        var logits = tokens * model.Vocabulary / key.Tensor;
        var builder = new LayerWorkBuilder(rates, workload.Precision);
        var (tpForward, tpBackward) = TensorParallel.Mlp(Fabric, model, tokens, key.Tensor);
        for (var pass = 0; pass <= model.MtpModules; pass++)
        {
            builder.Elementwise(4 * own * model.Hidden, 8 * own * model.Hidden);
            builder.Linear(1, tokens, model.Hidden, model.Vocabulary / (double)key.Tensor, Precision.Bf16);

            // Logits to FP32 (2 + 4), maximum and sum (4); backward reads them and writes their gradient (4 + 2).
            builder.Elementwise(10 * logits, 6 * logits);
        }

        var passes = 1 + model.MtpModules;
        return Compose(
            builder.Work,
            new LayerTraffic(passes * tpForward / 2, passes * 2 * tpBackward / 3, 0, 0, default, false),
            passes * 4 * own * model.Hidden,
            6 * logits,
            LayerElements.Head(model, key.Tensor, holdsEmbedding));
    }

    /// <summary>Bytes of one hand-over between stages.</summary>
    public double BoundaryBytes(LayerKey key) => 2 * Tokens(key) / key.Tensor * model.Hidden;

    private double Tokens(LayerKey key) => (double)key.MicroBatch * workload.SequenceLength / key.Context;

    private LayerCost Compose(LayerWork work, LayerTraffic traffic, double activations, double transient, LayerElements elements)
    {
        var exposed = stack.Exposed;
        var exchange = traffic.Exchange;
        var waitForward = (exposed.TensorParallel * traffic.TensorForward) + (exposed.ContextParallel * traffic.ContextForward);
        var waitBackward = (exposed.TensorParallel * traffic.TensorBackward) + (exposed.ContextParallel * traffic.ContextBackward);
        var repeats = 1;
        if (traffic.Repeated)
        {
            waitBackward += waitForward;
            repeats = 2;
        }

        return new LayerCost(
            rates.Alone(work.Forward) + waitForward + exchange.Alone,
            rates.Alone(work.BackwardInput) + waitBackward + (repeats * exchange.Alone),
            rates.Alone(work.Weight),
            rates.Paired(work.Forward) + waitForward,
            rates.Paired(work.BackwardInput) + rates.Paired(work.Weight) + waitBackward,
            PairTraffic(exchange, traffic.TensorForward),
            (repeats * PairTraffic(exchange, 0)) + PairTraffic(default, traffic.TensorBackward),
            traffic.TensorForward + traffic.TensorBackward + traffic.ContextForward + traffic.ContextBackward + ((1 + repeats) * exchange.Alone),
            activations,
            transient,
            elements);
    }

    // Tensor-parallel collectives run on NVLink, so they share it with the exchange's leg inside the node.
    private double PairTraffic(ExchangeTime exchange, double tensor) =>
        (stack.Overlap.CommunicationSlowdown * Math.Max(exchange.Network, exchange.Node + tensor)) + exchange.Fixed;

    private readonly record struct LayerTraffic(
        double TensorForward,
        double TensorBackward,
        double ContextForward,
        double ContextBackward,
        ExchangeTime Exchange,
        bool Repeated);
}
