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
public sealed record AcceleratorSpec(
    string Architecture,
    FlopsPerSecond Bf16,
    FlopsPerSecond Fp8,
    Bytes Memory,
    BytesPerSecond MemoryBandwidth,
    int Multiprocessors)
{
    public FlopsPerSecond Peak(Precision precision) => precision == Precision.Fp8 ? Fp8 : Bf16;
}

/// <summary>The scale-up domain (NVLink) inside a node. Bandwidths are one direction, a GPU.</summary>
/// <param name="Gpus">GPUs of a node.</param>
/// <param name="LinkBandwidth">Line rate a GPU, one direction.</param>
/// <param name="EffectiveBandwidth">What collectives reach.</param>
/// <param name="Latency">Start of a collective.</param>
public sealed record NodeSpec(int Gpus, BytesPerSecond LinkBandwidth, BytesPerSecond EffectiveBandwidth, Seconds Latency);

/// <summary>The network between nodes. Bandwidths are one direction, a GPU.</summary>
public sealed record NetworkSpec(BytesPerSecond LinkBandwidth, BytesPerSecond EffectiveBandwidth, Seconds Latency);

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
    ImmutableArray<Constant> Constants);
