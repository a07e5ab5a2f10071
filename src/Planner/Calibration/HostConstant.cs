using System.Collections.Immutable;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Calibration;

/// <summary>Host time of a kernel. A stack that counts no kernels gets the counts of a published trace.</summary>
internal static class HostConstant
{
    // Megatron-DeepSpeed's layer without tensor parallelism; the product with the time of one is what runs can tell.
    private const double ForwardKernels = 35;
    private const double BackwardKernels = 60;
    private const string CountSource = "layer of Megatron-DeepSpeed, traces of vTrain";

    public static TunableConstant Of(StackSpec stack, ImmutableArray<KnownRun> runs)
    {
        var counted = stack.Host.ForwardKernels > 0;
        var (forward, backward) = counted ? (stack.Host.ForwardKernels, stack.Host.BackwardKernels) : (ForwardKernels, BackwardKernels);
        return new TunableConstant(
            "host.us_per_kernel", Least: 0, Most: 100, Move: 10, IsRate: false, [.. Enumerable.Range(0, runs.Length)], NoRows: "")
        {
            Read = given => 1e6 * given.Host.PerKernel.Value,
            Write = (given, value) => given with { Host = new HostRates(forward, backward, Seconds.FromMicroseconds(value)) },
            Spell = (_, value) => counted
                ? [new StackField("host.us_per_kernel", value, SourceKind.Fitted)]
                :
                [
                    new StackField("host.forward_kernels", forward, SourceKind.Assumed, CountSource),
                    new StackField("host.backward_kernels", backward, SourceKind.Assumed, CountSource),
                    new StackField("host.us_per_kernel", value, SourceKind.Fitted),
                ],
        };
    }
}
