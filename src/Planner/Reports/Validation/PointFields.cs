using Planner.Plans;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>A scored row as named fields: the columns of points.csv and the members of a point in JSON, in order.</summary>
internal static class PointFields
{
    /// <summary>Text, a whole number or a number; null where there is none.</summary>
    internal readonly record struct Field(string Name, Func<RunEstimated, object?> Of);

    public static IReadOnlyList<Field> All { get; } =
    [
        new("id", row => row.Run.Id),
        new("family", row => row.Run.Family),
        new("measured_step_s", row => row.Run.StepSeconds),
        new("predicted_step_s", row => row.PredictedStep),
        new("error_percent", row => row.StepError),
        new("measured_mem_gib", row => row.Run.MemoryGib),
        new("predicted_mem_gib", row => row.Memory.Gib),
        new("model", row => row.Run.Model),
        new("hardware", row => row.Run.Hardware),
        new("num_gpus", row => row.Layout.Degrees.Gpus),
        new("tp", row => row.Layout.Degrees.Tensor),
        new("cp", row => row.Layout.Degrees.Context),
        new("pp", row => row.Layout.Degrees.Pipeline),
        new("vpp", row => row.Layout.Degrees.Virtual),
        new("ep", row => row.Layout.Degrees.Expert),
        new("dp", row => row.Layout.Degrees.Data),
        new("micro_batch", row => row.Layout.MicroBatch),
        new("stack", row => row.Stack),
        new("confidence", row => row.Run.Confidence),
        new("placement", row => $"{row.Placement.Rule}: {LayoutString.Write(row.Placement.Plan)}"),
        new("forward_s", row => row.Estimate.Parts.Forward.Value),
        new("backward_s", row => row.Estimate.Parts.BackwardInput.Value),
        new("weight_s", row => row.Estimate.Parts.Weight.Value),
        new("overlapped_s", row => row.Estimate.Parts.Overlapped.Value),
        new("bubble_s", row => row.Estimate.Parts.Bubble.Value),
        new("data_parallel_s", row => row.Estimate.Parts.DataParallel.Value),
        new("optimizer_s", row => row.Estimate.Parts.Optimizer.Value),
        new("weights_gib", row => row.Estimate.Fullest.Weights.Gib),
        new("gradients_gib", row => row.Estimate.Fullest.Gradients.Gib),
        new("optimizer_gib", row => row.Estimate.Fullest.Optimizer.Gib),
        new("activations_gib", row => row.Estimate.Fullest.Activations.Gib),
        new("transient_gib", row => row.Estimate.Fullest.Transient.Gib),
        new("reserve_gib", row => row.Estimate.Fullest.Reserve.Gib),
        new("defaulted", row => string.Join("; ", row.Defaulted)),
    ];
}
