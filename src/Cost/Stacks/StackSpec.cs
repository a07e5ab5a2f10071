using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>The software that runs on the machine.</summary>
/// <param name="Name">Name to print.</param>
/// <param name="Rates">Kernel rates by GPU architecture.</param>
/// <param name="Overlap">Compute beside expert traffic.</param>
/// <param name="Experts">Dispatch and combine.</param>
/// <param name="Exposed">What traffic shows in a step.</param>
/// <param name="Memory">Bytes of states and reserves.</param>
/// <param name="SavesFp8Activations">FP8 training keeps the inputs of FP8 GEMMs in FP8.</param>
/// <param name="GradientSyncBytes">Bytes an element of the gradient reduce-scatter.</param>
/// <param name="ParameterGatherBytes">Bytes an element of the parameter all-gather.</param>
/// <param name="OptimizerBytes">Bytes read and written a parameter of the optimizer's shard.</param>
/// <param name="NetworkEfficiency">Collectives across nodes, share of the network's effective bandwidth.</param>
/// <param name="LatentTensorParallel">Tensor-parallel latent attention gathers its latents instead of the hidden states.</param>
/// <param name="RecomputePolicies">Policies the search tries, by name.</param>
/// <param name="Schedules">Names of the schedules it can run.</param>
/// <param name="Constants">Every number of the file with its provenance.</param>
public sealed record StackSpec(
    string Name,
    ImmutableArray<ArchitectureRates> Rates,
    OverlapRates Overlap,
    ExpertExchangeRates Experts,
    ExposedShares Exposed,
    MemoryRates Memory,
    bool SavesFp8Activations,
    double GradientSyncBytes,
    double ParameterGatherBytes,
    double OptimizerBytes,
    double NetworkEfficiency,
    bool LatentTensorParallel,
    ImmutableArray<RecomputePolicy> RecomputePolicies,
    ImmutableArray<string> Schedules,
    ImmutableArray<Constant> Constants)
{
    /// <summary>Attention between the projections.</summary>
    public AttentionKernel Attention { get; init; }

    /// <summary>The fused kernel knows attention sinks; where it does not, models with sinks run unfused.</summary>
    public bool FusedSinks { get; init; } = true;

    /// <summary>Tensor ranks divide the tokens of norms and residuals; without it they all do them whole, and kept inputs are not divided.</summary>
    public bool SequenceParallel { get; init; } = true;

    /// <summary>Training drops activations: masks are written, read and kept.</summary>
    public bool Dropout { get; init; }

    /// <summary>Kernels between the matrix multiplies.</summary>
    public ElementwiseKernels Elementwise { get; init; }

    /// <summary>
    /// Full recomputation of a layer ends once all that the backward pass reads is there again: nothing keeps the result of the layer's last
    /// matrix multiply, so that one is not repeated (PyTorch's non-reentrant checkpoints).
    /// </summary>
    public bool RecomputeStopsEarly { get; init; }

    /// <summary>A tensor's FP8 scale is that of its own largest element, so it is read once more before it is cast (not where scales come from earlier steps).</summary>
    public bool DynamicScales { get; init; }

    /// <summary>Bytes that rotary positions move an element of queries and keys, each way: 4 in one fused kernel.</summary>
    public double RotaryBytes { get; init; } = 4;

    /// <summary>What run tables mean by selective recomputation under this software; attention between the projections (Korthikanti et al.) unless its file says else.</summary>
    public RecomputeModules Selective { get; init; } = RecomputeModules.CoreAttention;

    /// <summary>
    /// Inside a pipeline, sharded parameters are gathered once a step and kept, gradients are summed whole and reduced with the last micro-batch
    /// (PyTorch's pipelining with FSDP): ZeRO-2 and ZeRO-3 then move and hold what ZeRO-1 does.
    /// </summary>
    public bool PipelineShardsOnce { get; init; }

    /// <summary>
    /// Hybrid sharding: replicas that divide one copy of the sharded states of dense parameters; the copies beyond are kept equal by an all-reduce of
    /// each shard. 0: all replicas divide one copy.
    /// </summary>
    public int ShardGroup { get; init; }

    /// <summary>How gathers and scatters cross domains.</summary>
    public CollectiveShape Collectives { get; init; }

    /// <summary>What the start of a ring grows by for every domain beyond the first that it spans; not used by other shapes.</summary>
    public Seconds RingStep { get; init; }

    /// <summary>
    /// Expert-parallel groups are runs of a stage's ranks, so they may span tensor ranks: tensor parallelism of attention is folded into the expert
    /// parallelism of the same GPUs. False: members of a group share their tensor place.
    /// </summary>
    public bool FoldedExperts { get; init; }

    /// <summary>Context-parallel exchange.</summary>
    public ContextExchange ContextExchange { get; init; }

    /// <summary>Host time.</summary>
    public HostRates Host { get; init; } = HostRates.Free;

    /// <summary>Bytes read and written a weight and micro-batch to accumulate its gradient: 8 in FP32, 0 where the product overwrites.</summary>
    public double AccumulationBytes { get; init; } = 8;

    /// <summary>Bytes read and written a logit by the loss: forward and backward. Fused: to FP32, maximum and sum; back a read and a gradient.</summary>
    public LossBytes Loss { get; init; } = new(10, 6);

    /// <summary>What differs under FP16; null where FP16 trains as BF16 does.</summary>
    public HalfGradients? Fp16 { get; init; }

    /// <summary>
    /// Bytes of an element of activations, weights in products and messages between tensor ranks and stages: 2, or 4 where the software trains in FP32.
    /// The rates of products in the file are then those of FP32 or TF32, and its softmax is not the fused one, which takes 16 bits only.
    /// </summary>
    public double ElementBytes { get; init; } = 2;

    /// <summary>Share of the machine's bandwidth inside a domain that collectives of this software reach.</summary>
    public double NodeEfficiency { get; init; } = 1;

    /// <summary>Start of a collective beyond the machine's: waiting for its slowest member.</summary>
    public Seconds CollectiveWait { get; init; }

    /// <summary>ZeRO-2 reduces gradients once a step, of the sum of its micro-batches, as ZeRO-1 does; false: those of every micro-batch.</summary>
    public bool ReducesOnceAStep { get; init; }

    /// <summary>Time of a step outside of any layer: data, logging, norms of gradients, the host's wait.</summary>
    public Seconds StepOverhead { get; init; }

    /// <summary>Software names, as run tables give them, that this stack stands for; a name that starts with one of them is one of them.</summary>
    public ImmutableArray<string> Software { get; init; } = [];

    /// <summary>The stack as it trains in a precision.</summary>
    public StackSpec In(Precision precision) => precision == Precision.Fp16 && Fp16 is { } half
        ? this with
        {
            Memory = Memory with { GradientBytes = half.GradientBytes },
            AccumulationBytes = half.AccumulationBytes,
            GradientSyncBytes = half.SyncBytes,
            OptimizerBytes = half.OptimizerBytes,
        }
        : this;

    /// <summary>The rates for an architecture; null where the stack has none.</summary>
    public ArchitectureRates? For(string architecture) => Rates.FirstOrDefault(rates => rates.Architecture == architecture);
}
