using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>The constants a plan rests on that nobody published.</summary>
public static class AssumedConstants
{
    public static IEnumerable<Constant> Of(Plan plan) => All(plan).Where(constant => constant.Kind == SourceKind.Assumed);

    public static IEnumerable<Constant> All(Plan plan) => plan.Machine.Constants.Concat(plan.Stack.Constants);
}
