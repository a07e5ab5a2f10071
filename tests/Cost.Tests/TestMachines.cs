using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layout;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Tests;

/// <summary>A machine and a stack of round numbers: no latencies, all traffic shows, so that seconds are bytes over bandwidth.</summary>
public static class TestMachines
{
    public const double NodeBandwidth = 160e9;
    public const double NetworkBandwidth = 40e9;

    public static MachineSpec Machine { get; } = new(
        "plain",
        new AcceleratorSpec("hopper", Teraflops(989.4), Teraflops(1978.9), Bytes.FromGigabytes(80), BytesPerSecond.FromTerabytes(3.35), 132),
        new NodeSpec(8, new BytesPerSecond(200e9), new BytesPerSecond(NodeBandwidth), Seconds.Zero),
        new NetworkSpec(new BytesPerSecond(50e9), new BytesPerSecond(NetworkBandwidth), Seconds.Zero),
        null,
        []);

    public static StackSpec Stack { get; } = new(
        "plain",
        [
            new ArchitectureRates(
                "hopper",
                ImmutableDictionary<Precision, GemmRates>.Empty.Add(Precision.Bf16, Gemm).Add(Precision.Fp8, Gemm),
                Teraflops(500),
                Teraflops(400),
                0.5,
                Seconds.Zero),
        ],
        new OverlapRates(20, 1, 1, 0),
        new ExpertExchangeRates(true, [], new BytesPerSecond(200e9), new BytesPerSecond(50e9), 1, 2, Seconds.Zero, []),
        new ExposedShares(1, 1, 1, 1, 1),
        new MemoryRates(2, 2, 4, 4, 8, Bytes.Zero, 1),
        true,
        4,
        2,
        26,
        1,
        true,
        [RecomputePolicy.None, Selective, RecomputePolicy.Full],
        ["1f1b"],
        []);

    /// <summary>DeepSeek-V3's recomputation: norms, latent up-projections, the product of gate and up.</summary>
    public static RecomputePolicy Selective =>
        new("selective", RecomputeModules.LayerNorm | RecomputeModules.MlaUpProjection | RecomputeModules.Activation);

    /// <summary>One sequence of 4096 tokens a micro-batch.</summary>
    public static Workload Workload(Precision precision, double? load = null) => new(4096, 1024, precision, load);

    private static GemmRates Gemm => new(0.7, 500, 0.8, [new GemmTile(128, 128, 1)], []);

    private static FlopsPerSecond Teraflops(double value) => FlopsPerSecond.FromTeraflops(value);
}
