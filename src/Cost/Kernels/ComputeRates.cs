using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost.Kernels;

/// <summary>Kernel rates of one stack on one machine: turns work into seconds, alone or inside an overlapped pair.</summary>
/// <remarks>
/// One kernel table serves both. Inside a pair, SM-bound kernels have the SMs that communication leaves (rate x SMs left / SMs), GEMMs carry the
/// stack's measured slow-down, and the whole pair its overhead; byte-bound kernels keep their rate.
/// </remarks>
public sealed class ComputeRates
{
    private const int NarrowWidth = 64;

    private readonly AcceleratorSpec accelerator;
    private readonly ArchitectureRates rates;
    private readonly double bytesPerSecond;
    private readonly double accumulationBytes;
    private readonly double wide;
    private readonly double pairShare;
    private readonly double pairGemm;
    private readonly double pairOverhead;

    public ComputeRates(MachineSpec machine, StackSpec stack, ArchitectureRates rates)
    {
        accelerator = machine.Accelerator;
        this.rates = rates;
        bytesPerSecond = accelerator.MemoryBandwidth.Value * rates.MemoryEfficiency;
        pairShare = accelerator.Multiprocessors / (double)(accelerator.Multiprocessors - stack.Overlap.CommunicationMultiprocessors);
        pairGemm = pairShare * stack.Overlap.GemmSlowdown;
        accumulationBytes = stack.AccumulationBytes;
        wide = stack.ElementBytes / 2;
        pairOverhead = 1 + stack.Overlap.PairOverhead;
    }

    /// <summary>HBM bandwidth that element-wise kernels reach, bytes a second.</summary>
    public double ElementwiseBandwidth => bytesPerSecond;

    /// <summary>Seconds of a GEMM, alone. Output is BF16, or <paramref name="outputBytes"/> an element.</summary>
    public double Gemm(Precision precision, double groups, double rows, double columns, double depth, double outputBytes = 2) =>
        Kernels.Gemm.Seconds(
            rates.Gemm[precision],
            new FlopsPerSecond(accelerator.Peak(precision).Value * (rates.Gemm[precision].Bursts ? accelerator.SustainedClock : 1)),
            accelerator.MemoryBandwidth,
            accelerator.Multiprocessors,
            groups,
            rows,
            columns,
            depth,
            wide * precision.Bytes(),
            wide * outputBytes);

    /// <summary>Seconds that launching so many groups adds to a grouped GEMM.</summary>
    public double Groups(double groups) => groups > 1 ? groups * rates.GroupLaunch.Value : 0;

    /// <summary>Seconds of batched BF16 products of heads of a width, alone; see <see cref="ArchitectureRates.MisalignedProduct"/>.</summary>
    public double Product(double groups, double rows, double columns, double depth, int width) =>
        rates.MisalignedProduct is { } slow && width % 8 != 0
            ? 2 * groups * rows * columns * depth / slow.Value
            : Gemm(Precision.Bf16, groups, rows, columns, depth);

    /// <summary>Seconds that accumulating a weight gradient adds: the stack's bytes read and written an element, at GEMM memory efficiency.</summary>
    public double Accumulate(Precision precision, double elements) =>
        accumulationBytes * elements / (rates.Gemm[precision].MemoryEfficiency * accelerator.MemoryBandwidth.Value);

    /// <summary>Seconds of fused attention, forward. FLOPs are the causal half; keys are those of a sequence; width that of a head.</summary>
    public double AttentionForward(double flops, double keys, int width) => Ramped(flops / rates.AttentionForward.Value, keys, width);

    /// <summary>Seconds of fused attention, backward: 2.5 times the forward's FLOPs (five products instead of two).</summary>
    public double AttentionBackward(double forwardFlops, double keys, int width) => Ramped(2.5 * forwardFlops / rates.AttentionBackward.Value, keys, width);

    private double Ramped(double seconds, double keys, int width) =>
        seconds / (accelerator.AttentionShare * (width <= NarrowWidth ? rates.NarrowHeads : 1)) * (1 + (rates.AttentionRamp / keys));

    /// <summary>Seconds of a pass alone on the GPU.</summary>
    public double Alone(PassWork work) =>
        work.Gemm + work.Attention + (work.Bytes / bytesPerSecond) + (work.Kernels * rates.KernelLaunch.Value);

    /// <summary>Seconds of a pass's compute inside an overlapped pair, its share of the pair's overhead included.</summary>
    public double Paired(PassWork work) =>
        pairOverhead * ((work.Gemm * pairGemm) + (work.Attention * pairShare) + (work.Bytes / bytesPerSecond) + (work.Kernels * rates.KernelLaunch.Value));
}
