using Planner.Plans;

namespace Planner.Reports;

/// <summary>The experts of an expert-parallel rank: neighbours in the order of the model.</summary>
internal static class ExpertRange
{
    /// <summary>For example 0-3; empty where the model has no experts.</summary>
    public static string Of(Plan plan, int rank)
    {
        if (plan.Model.Moe is not { } moe) return "";
        var each = moe.Experts / plan.Layout.Degrees.Expert;
        var first = rank * each;
        return each == 1 ? PlanWords.Of(first) : $"{PlanWords.Of(first)}-{PlanWords.Of(first + each - 1)}";
    }
}
