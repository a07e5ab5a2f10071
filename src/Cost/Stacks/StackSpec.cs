using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>Rates of one GPU architecture under this stack.</summary>
/// <param name="Architecture">Matches <see cref="AcceleratorSpec.Architecture"/>.</param>
/// <param name="Gemm">GEMM rates by precision.</param>
/// <param name="AttentionForward">Fused attention, forward, causal FLOPs counted half.</param>
/// <param name="AttentionBackward">Fused attention, backward, of 2.5 times the forward's FLOPs.</param>
/// <param name="MemoryEfficiency">Share of the peak HBM bandwidth that element-wise kernels reach.</param>
/// <param name="KernelLaunch">Time between two kernels on the GPU.</param>
public sealed record ArchitectureRates(
    string Architecture,
    ImmutableDictionary<Precision, GemmRates> Gemm,
    FlopsPerSecond AttentionForward,
    FlopsPerSecond AttentionBackward,
    double MemoryEfficiency,
    Seconds KernelLaunch)
{
    /// <summary>Time that each group of a grouped GEMM adds beyond its products, where the library launches groups one by one.</summary>
    public Seconds GroupLaunch { get; init; }

    /// <summary>
    /// Keys worth of time that a fused attention kernel spends on its start, on half-empty blocks of the diagonal and on its end: a sequence of s
    /// keys runs at 1 / (1 + this / s) of the rates, which are those of long sequences. 0 where the rates hold for every length.
    /// </summary>
    public double AttentionRamp { get; init; }

    /// <summary>
    /// Batched products of heads whose width is no multiple of 16 bytes: a head's first element is then not where tensor cores' loads want it, and the
    /// library takes other kernels. Null where they run as any other.
    /// </summary>
    public FlopsPerSecond? MisalignedProduct { get; init; }
}

/// <summary>What happens when compute and expert traffic run side by side on one GPU.</summary>
/// <param name="CommunicationMultiprocessors">SMs taken by the communication kernels.</param>
/// <param name="GemmSlowdown">GEMMs beside communication, after the SM share, against alone (1 = none).</param>
/// <param name="CommunicationSlowdown">Expert traffic beside compute against alone.</param>
/// <param name="PairOverhead">Wall time of an overlapped pair above its compute, as a share of the compute.</param>
public sealed record OverlapRates(
    int CommunicationMultiprocessors,
    double GemmSlowdown,
    double CommunicationSlowdown,
    double PairOverhead);

/// <summary>Measured all-to-all bandwidth a GPU, one direction, of one expert-parallel degree.</summary>
public readonly record struct ExpertBandwidth(int ExpertParallel, BytesPerSecond Dispatch, BytesPerSecond Combine);

/// <summary>Expert dispatch and combine.</summary>
/// <param name="Hierarchical">A token crosses the network once a node and is copied on by NVLink; false: once an expert.</param>
/// <param name="Bandwidths">Measured, ascending by degree. Across nodes the bytes are those of nodes reached; inside a node those of ranks reached.</param>
/// <param name="MeasuredNodeLink">NVLink line rate of the machine of the measurements; other machines' rows scale with theirs.</param>
/// <param name="MeasuredNetworkLink">Network line rate of that machine, likewise.</param>
/// <param name="DispatchBytes">Bytes an element out, without scales.</param>
/// <param name="CombineBytes">Bytes an element back.</param>
/// <param name="Notify">Fixed time of one exchange (counts, waiting for the slowest).</param>
/// <param name="LoadFactorByExpertsPerGpu">Busiest rank over mean, by experts a GPU, ascending; empty where nothing is known (then 1).</param>
public sealed record ExpertExchangeRates(
    bool Hierarchical,
    ImmutableArray<ExpertBandwidth> Bandwidths,
    BytesPerSecond MeasuredNodeLink,
    BytesPerSecond MeasuredNetworkLink,
    double DispatchBytes,
    double CombineBytes,
    Seconds Notify,
    ImmutableArray<KeyValuePair<int, double>> LoadFactorByExpertsPerGpu);

/// <summary>Bytes that a parameter and its states take, and what else a GPU's memory holds.</summary>
/// <param name="WeightBytesBf16">Copies of a weight kept for BF16 compute.</param>
/// <param name="WeightBytesFp8">All copies of a linear weight kept for FP8 compute (FP8, transposed, BF16).</param>
/// <param name="GradientBytes">Gradient accumulator.</param>
/// <param name="MasterBytes">FP32 master weight, of the optimizer.</param>
/// <param name="MomentBytes">Both moments.</param>
/// <param name="Reserve">Context, communication buffers and workspace a GPU.</param>
/// <param name="AllocatorOverhead">Allocated bytes times this are reserved.</param>
public sealed record MemoryRates(
    double WeightBytesBf16,
    double WeightBytesFp8,
    double GradientBytes,
    double MasterBytes,
    double MomentBytes,
    Bytes Reserve,
    double AllocatorOverhead)
{
    /// <summary>
    /// Weight gradients go straight into their accumulators, and autograd gets an unused tensor instead: one of every shape of a linear layer stays
    /// allocated, the head's only for its backward (Transformer Engine's fused accumulation, Megatron-Core's output layer).
    /// </summary>
    public bool DummyGradients { get; init; }

    /// <summary>Bytes a logit at the fullest moment of the loss: 2 where it is fused and overwrites the logits, 6 with logits and an FP32 copy.</summary>
    public double LossBytes { get; init; } = 6;

    /// <summary>Workspaces of matrix multiplies that the framework's allocator holds.</summary>
    public Bytes Workspace { get; init; }

    /// <summary>More of them for grouped multiplies of experts.</summary>
    public Bytes ExpertWorkspace { get; init; }

    /// <summary>Layers whose weights are whole at once under ZeRO-3 (those computed with and those fetched ahead); embedding and head are whole all the time. 0 counts neither.</summary>
    public double GatheredLayers { get; init; }
}

/// <summary>Shares of a traffic that are not hidden behind compute (1 = all of it shows).</summary>
/// <param name="TensorParallel">Tensor-parallel collectives.</param>
/// <param name="ContextParallel">Context-parallel exchange.</param>
/// <param name="GradientSync">Reduce-scatter and all-gather of a step.</param>
/// <param name="ShardedSync">ZeRO-2/3 traffic of a micro-batch, outside overlapped pairs (inside, it shares the links with the expert traffic).</param>
/// <param name="Pipeline">Hand-over between stages that keeps the rank from its next operation; the rest only delays the receiver.</param>
public sealed record ExposedShares(double TensorParallel, double ContextParallel, double GradientSync, double ShardedSync, double Pipeline)
{
    /// <summary>
    /// Compute beside which gradient traffic of a layer can hide, as a share of the layer's backward of the last micro-batch; what does not fit there
    /// shows. Null: as much as the share says hides whatever the compute.
    /// </summary>
    public double? GradientSyncWindow { get; init; }

    /// <summary>Likewise ZeRO-2/3 traffic beside the same pass of the layer.</summary>
    public double? ShardedSyncWindow { get; init; }

    /// <summary>Likewise context-parallel exchange beside the layer's attention.</summary>
    public double? ContextParallelWindow { get; init; }

    /// <summary>Expert exchange outside overlapped pairs: 1 where every layer waits for it, less where another micro-batch's compute runs beside it.</summary>
    public double ExpertParallel { get; init; } = 1;

    /// <summary>Likewise a share of the layer's compute beside which it can hide.</summary>
    public double? ExpertParallelWindow { get; init; }

    /// <summary>What shows depends on the compute beside it.</summary>
    public bool HidesBesideCompute => GradientSyncWindow is not null || ShardedSyncWindow is not null;

    /// <summary>Seconds that show of a transfer: the share, or what the compute beside it cannot hide if that is more.</summary>
    public static double Shows(double share, double? window, double transfer, double compute) =>
        window is { } part ? Math.Max(share * transfer, transfer - (part * compute)) : share * transfer;
}

/// <summary>What the kernel between attention's projections is.</summary>
public enum AttentionKernel
{
    /// <summary>One kernel that never writes scores to memory (flash attention and its kin).</summary>
    Fused,

    /// <summary>Batched matrix multiplies with scores, mask, softmax and dropout in memory (before 2022).</summary>
    Unfused,
}

/// <summary>How the work between matrix multiplies runs.</summary>
public enum ElementwiseKernels
{
    /// <summary>Written or compiled into few kernels.</summary>
    Fused,

    /// <summary>One kernel an operation, as an eager framework runs them.</summary>
    Eager,
}

/// <summary>How a gather or scatter runs whose group spans several domains.</summary>
public enum CollectiveShape
{
    /// <summary>Inside the domains first, then across them (or the other way round): one after the other.</summary>
    Hierarchical,

    /// <summary>One ring through all members, cut into pieces: both links are busy at the same time, the slower one binds.</summary>
    Ring,
}

/// <summary>How context-parallel ranks meet each other's keys and values.</summary>
public enum ContextExchange
{
    /// <summary>They pass by in a ring, beside the attention of those that are there.</summary>
    Ring,

    /// <summary>All are gathered before the attention.</summary>
    AllGather,

    /// <summary>Heads are exchanged for tokens and back (Ulysses).</summary>
    AllToAll,
}

/// <summary>Bytes a logit that the loss moves.</summary>
public readonly record struct LossBytes(double Forward, double Backward);

/// <summary>The host's side: a pass of a layer takes no less than its kernels' launches.</summary>
/// <param name="ForwardKernels">Kernels and calls of a layer's forward.</param>
/// <param name="BackwardKernels">Of its full backward.</param>
/// <param name="PerKernel">Host time of one; zero under captured graphs.</param>
public sealed record HostRates(double ForwardKernels, double BackwardKernels, Seconds PerKernel)
{
    /// <summary>The host is never late.</summary>
    public static HostRates Free { get; } = new(0, 0, Seconds.Zero);
}

/// <summary>Gradients of FP16 training: kept, added up and reduced in FP16, with a scaled loss.</summary>
/// <param name="GradientBytes">Gradient accumulator.</param>
/// <param name="AccumulationBytes">Read and written a weight and micro-batch to accumulate.</param>
/// <param name="SyncBytes">An element of the reduction.</param>
/// <param name="OptimizerBytes">Read and written a parameter of the optimizer's shard: unscaling and its check come on top.</param>
public sealed record HalfGradients(double GradientBytes, double AccumulationBytes, double SyncBytes, double OptimizerBytes);

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
    /// Biases, their gradients, gradients that meet at a residual and re-layouts around the attention are kernels of their own (eager PyTorch before
    /// fused epilogues).
    /// </summary>
    public bool SeparateKernels { get; init; }

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
