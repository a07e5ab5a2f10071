using System.Collections.Immutable;
using Planner.Cost.Units;

namespace Planner.Cost.Hardware;

/// <summary>One GPU. Rates are dense: a data sheet's figure 'with sparsity' is twice these.</summary>
/// <param name="Architecture">Key of the kernel rates in a stack file, for example hopper.</param>
/// <param name="Bf16">Dense BF16 and FP16 rate.</param>
/// <param name="Fp8">Dense FP8 rate; zero where the GPU has none.</param>
/// <param name="Memory">Capacity that plans may fill.</param>
/// <param name="MemoryBandwidth">HBM, peak.</param>
/// <param name="Multiprocessors">SMs.</param>
/// <param name="Fp4">Dense FP4 rate; zero where the GPU has none.</param>
/// <param name="SustainedClock">Share of the data sheet's rates that the power limit leaves under a long matrix multiply; 1 where nothing is known.</param>
public sealed record AcceleratorSpec(
    string Architecture,
    FlopsPerSecond Bf16,
    FlopsPerSecond Fp8,
    Bytes Memory,
    BytesPerSecond MemoryBandwidth,
    int Multiprocessors,
    FlopsPerSecond Fp4 = default,
    double SustainedClock = 1)
{
    /// <summary>Share of its architecture's fused-attention rates that this card reaches; below 1 where its power limit is lower than that of the card they were measured on.</summary>
    public double AttentionShare { get; init; } = 1;

    /// <summary>Dense rate of the data sheet; zero where the GPU has no such unit.</summary>
    public FlopsPerSecond Peak(Precision precision) => precision switch
    {
        Precision.Bf16 or Precision.Fp16 => Bf16,
        Precision.Fp8 or Precision.Mxfp8 => Fp8,
        Precision.Nvfp4 => Fp4,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "precision without a rate"),
    };
}

/// <summary>The scale-up domain (NVLink, Infinity Fabric): a node, or several. Bandwidths are one direction, a GPU.</summary>
/// <param name="Gpus">GPUs of a node.</param>
/// <param name="LinkBandwidth">Line rate a GPU, one direction.</param>
/// <param name="EffectiveBandwidth">What collectives reach.</param>
/// <param name="Latency">Start of a collective.</param>
/// <param name="Domain">GPUs that the links join; 0 where the domain is the node.</param>
public sealed record NodeSpec(int Gpus, BytesPerSecond LinkBandwidth, BytesPerSecond EffectiveBandwidth, Seconds Latency, int Domain = 0)
{
    /// <summary>GPUs that reach each other without the network: those of a node, or of all the nodes that the links join (72 of an NVL72).</summary>
    public int DomainGpus => Math.Max(Domain, Gpus);
}

/// <summary>Network beyond so many GPUs: a spine above the leaf switches, or between halls.</summary>
/// <param name="Gpus">Groups that span more GPUs than this cross the tier.</param>
/// <param name="Share">Share of the network's bandwidth that is left there (1 / oversubscription).</param>
/// <param name="Latency">Start of a collective across it, instead of the network's.</param>
public readonly record struct NetworkTier(int Gpus, double Share, Seconds Latency);

/// <summary>The network between scale-up domains. Bandwidths are one direction, a GPU.</summary>
/// <param name="LinkBandwidth">Line rate.</param>
/// <param name="EffectiveBandwidth">What collectives reach.</param>
/// <param name="Latency">Start of a collective.</param>
public sealed record NetworkSpec(BytesPerSecond LinkBandwidth, BytesPerSecond EffectiveBandwidth, Seconds Latency)
{
    /// <summary>Further tiers, ascending; empty where the whole network is as good as its first switch. The lowest is what lies above the leaf switches.</summary>
    public ImmutableArray<NetworkTier> Tiers { get; init; } = [];
}

/// <summary>What the machine could do, whatever software runs on it.</summary>
/// <param name="Name">Name to print.</param>
/// <param name="Accelerator">The GPU.</param>
/// <param name="Node">The node.</param>
/// <param name="Network">Between nodes.</param>
/// <param name="PricePerGpuHour">US dollars; null where unknown.</param>
/// <param name="Constants">Every number of the file with its provenance.</param>
public sealed record MachineSpec(
    string Name,
    AcceleratorSpec Accelerator,
    NodeSpec Node,
    NetworkSpec Network,
    double? PricePerGpuHour,
    ImmutableArray<Constant> Constants)
{
    /// <summary>The nodes of one cluster of such machines; null where it does not matter which of them a group is on.</summary>
    public ClusterSpec? Cluster { get; init; }
}
