using System.Globalization;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Models;

namespace Planner.Validation;

/// <summary>Measured figures that no machine can show: wrong units, most of the time.</summary>
internal static class Plausibility
{
    private const double LeastUtilisation = 0.001;

    // Frozen weights have no gradients of their own: two of three products are left.
    private const double FrozenShare = 2.0 / 3;

    // Cards show a little more than their makers' capacity, which plans read as 1e9 bytes a GB.
    private const double MemoryRoom = 1.25;

    /// <summary>What is wrong; null where nothing is.</summary>
    public static string? Objection(MeasuredRun run, ModelSpec model, MachineSpec machine, Workload workload, int gpus)
    {
        if (run.StepSeconds is { } step)
        {
            var share = workload.Trainable == Trainable.Lora ? FrozenShare : 1;
            var flops = share * TrainingFlops.PerToken(model, workload.SequenceLength).Total.Value * workload.GlobalBatch * workload.SequenceLength;
            var utilisation = flops / step / gpus / machine.Accelerator.Peak(workload.Precision).Value;
            if (utilisation > 1)
                return Text($"measured_step_s {step} would be {utilisation:P0} of the {workload.Precision.Word()} peak: not seconds, or not this model, batch or GPU count");
            if (utilisation < LeastUtilisation)
                return Text($"measured_step_s {step} would be {utilisation:P3} of the {workload.Precision.Word()} peak: milliseconds, or not this model, batch or GPU count");
        }

        var capacity = machine.Accelerator.Memory.Gib;
        return run.MemoryGib is { } memory && memory > MemoryRoom * capacity
            ? Text($"measured_mem_gib {memory} is more than the {capacity:0.#} GiB of {machine.Name}: not GiB, not of one GPU, or not measured")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
