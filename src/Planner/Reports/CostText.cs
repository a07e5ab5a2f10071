using Planner.Plans;

namespace Planner.Reports;

/// <summary>Where the step goes, beside what fills the fullest GPU.</summary>
internal static class CostText
{
    public static void Write(TextLines lines, Plan plan)
    {
        var step = plan.Estimate.Step;
        var parts = plan.Estimate.Parts;
        (string Name, double Seconds)[] times =
        [
            ("forward", parts.Forward.Value),
            ("backward input", parts.BackwardInput.Value),
            ("weight gradient", parts.Weight.Value),
            ("overlapped pairs", parts.Overlapped.Value),
            ("pipeline bubble", parts.Bubble.Value),
            ("data parallel", parts.DataParallel.Value),
            ("optimizer", parts.Optimizer.Value),
            ("step", parts.Total.Value),
        ];
        var memory = plan.Estimate.Fullest;
        (string Name, double Gib)[] sizes =
        [
            ("weights", memory.Weights.Gib),
            ("gradients", memory.Gradients.Gib),
            ("optimizer", memory.Optimizer.Gib),
            ("activations", memory.Activations.Gib),
            ("transients", memory.Transient.Gib),
            ("reserve", memory.Reserve.Gib),
            ("", double.NaN),
            ("total", memory.Total.Gib),
        ];

        // One unit and one number of decimals for the column, so that the eye can add.
        var milliseconds = step.Value < 1;
        var unit = milliseconds ? "ms" : "s";
        var scale = milliseconds ? 1e3 : 1;
        var decimals = step.Value * scale >= 100 ? 1 : 3;
        lines.Line($"  {"where the step goes (mean over ranks)",-47}memory, fullest gpu");
        for (var i = 0; i < times.Length; i++)
        {
            var time = $"{times[i].Name,-17}{Quantity.Fixed(times[i].Seconds * scale, decimals),10} {unit,-2}{Quantity.Percent(times[i].Seconds / step.Value),10}";
            var size = double.IsNaN(sizes[i].Gib) ? "" : $"{sizes[i].Name,-13}{Quantity.Fixed(sizes[i].Gib, 2),8} GiB";
            lines.Line($"    {time,-47}{size}");
        }
    }
}
