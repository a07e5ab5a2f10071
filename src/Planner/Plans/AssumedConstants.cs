using Planner.Cost.Hardware;
using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>The constants a plan rests on that nobody published.</summary>
public static class AssumedConstants
{
    public static IEnumerable<Constant> Of(Plan plan) => All(plan).Where(constant => constant.Kind == SourceKind.Assumed);

    /// <summary>Constants of the machine, and those of the stack that touch its architecture, the precision, experts where the model has any, overlapped pairs where the schedule has any.</summary>
    public static IEnumerable<Constant> All(Plan plan) =>
        plan.Machine.Constants.Concat(plan.Stack.Constants.Where(constant => Matters(plan, constant.Path)));

    private static bool Matters(Plan plan, string path)
    {
        string[] parts = path.Split('.');
        return parts switch
        {
            ["rates", var architecture, ..] when architecture != plan.Machine.Accelerator.Architecture => false,
            ["rates", _, "gemm", var precision, ..] => precision == Precision.Bf16.Word() || precision == plan.Request.Precision.Word(),
            ["experts", ..] => plan.Model.Moe is not null,
            ["overlap", ..] => plan.Layout.Schedule.Overlaps,
            _ => true,
        };
    }
}
