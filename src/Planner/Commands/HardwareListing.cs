using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Hardware;
using Planner.Inputs;
using Planner.Reports;

namespace Planner.Commands;

/// <summary>Machines side by side: every figure in CSV and JSON, what matters on a page.</summary>
internal static class HardwareListing
{
    private static readonly ImmutableArray<(ListingColumn Column, Func<MachineSpec, ListingCell> Cell)> All =
    [
        (new("name", "name"), machine => machine.Name),
        (new("architecture", "architecture"), machine => machine.Accelerator.Architecture),
        (new("bf16_tflops", "BF16 TFLOP/s"), machine => machine.Accelerator.Bf16.Teraflops),
        (new("fp8_tflops", "FP8 TFLOP/s"), machine => OrNothing(machine.Accelerator.Fp8.Teraflops)),
        (new("memory_gib", "memory GiB"), machine => machine.Accelerator.Memory.Gib),
        (new("hbm_gb_s", "HBM GB/s"), machine => machine.Accelerator.MemoryBandwidth.Gigabytes),
        (new("gpus_per_node", "gpus a node"), machine => machine.Node.Gpus),
        (new("nvlink_gb_s", "NVLink GB/s"), machine => machine.Node.LinkBandwidth.Gigabytes),
        (new("nvlink_effective_gb_s", "reached"), machine => machine.Node.EffectiveBandwidth.Gigabytes),
        (new("network_gb_s", "network GB/s"), machine => machine.Network.LinkBandwidth.Gigabytes),
        (new("network_effective_gb_s", "reached"), machine => machine.Network.EffectiveBandwidth.Gigabytes),
        (new("usd_per_gpu_hour", "USD a gpu-hour"), machine => machine.PricePerGpuHour),
        (new("fp4_tflops", "FP4 TFLOP/s"), machine => OrNothing(machine.Accelerator.Fp4.Teraflops)),
        (new("domain_gpus", "gpus a domain"), machine => machine.Node.DomainGpus),
        (new("multiprocessors", "multiprocessors"), machine => machine.Accelerator.Multiprocessors),
        (new("sustained_clock", "sustained clock"), machine => machine.Accelerator.SustainedClock),
        (new("nvlink_latency_us", "NVLink us"), machine => machine.Node.Latency.Value * 1e6),
        (new("network_latency_us", "network us"), machine => machine.Network.Latency.Value * 1e6),
        (new("network_tiers", "network tiers"), machine => machine.Network.Tiers.Length),
    ];

    // 100 columns; links as line rate / what collectives reach.
    private static readonly ImmutableArray<(ListingColumn Column, Func<MachineSpec, ListingCell> Cell)> Page =
    [
        (new("name", "name"), machine => machine.Name),
        (new("architecture", "architecture"), machine => machine.Accelerator.Architecture),
        (new("bf16_tflops", "BF16"), machine => machine.Accelerator.Bf16.Teraflops),
        (new("fp8_tflops", "FP8"), machine => OrNothing(machine.Accelerator.Fp8.Teraflops)),
        (new("fp4_tflops", "FP4"), machine => OrNothing(machine.Accelerator.Fp4.Teraflops)),
        (new("memory_gb", "GB"), machine => machine.Accelerator.Memory.Value / 1e9),
        (new("hbm_tb_s", "HBM TB/s"), machine => machine.Accelerator.MemoryBandwidth.Value / 1e12),
        (new("gpus", "GPUs"), machine => Gpus(machine.Node)),
        (new("nvlink_gb_s", "NVLink GB/s"), machine => Pair(machine.Node.LinkBandwidth.Gigabytes, machine.Node.EffectiveBandwidth.Gigabytes)),
        (new("network_gb_s", "network GB/s"), machine => Pair(machine.Network.LinkBandwidth.Gigabytes, machine.Network.EffectiveBandwidth.Gigabytes)),
        (new("usd_per_gpu_hour", "USD/h"), machine => machine.PricePerGpuHour),
    ];

    public static Listing Of(string? data)
    {
        var catalog = new HardwareCatalog(data);
        ImmutableArray<MachineSpec> machines = [.. catalog.Names.Select(name => catalog.Load(name).Spec)];
        return Table(All, machines) with { Page = Table(Page, machines) };
    }

    private static Listing Table(ImmutableArray<(ListingColumn Column, Func<MachineSpec, ListingCell> Cell)> columns, ImmutableArray<MachineSpec> machines) => new(
        "hardware",
        [.. columns.Select(column => column.Column)],
        [.. machines.Select(machine => columns.Select(column => column.Cell(machine)).ToImmutableArray())]);

    private static ListingCell OrNothing(double rate) => rate == 0 ? default(double?) : rate;

    // A node's, and those of the NVLink domain where it is wider.
    private static string Gpus(NodeSpec node) => node.DomainGpus == node.Gpus
        ? node.Gpus.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{node.Gpus}/{node.DomainGpus}");

    private static string Pair(double line, double reached) => $"{((ListingCell)line).Readable}/{((ListingCell)reached).Readable}";
}
