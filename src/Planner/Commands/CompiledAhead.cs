using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime;
using System.Runtime.CompilerServices;
using Planner.Cost;
using Planner.Planning;
using Planner.Plans;
using Planner.Reports;
using Planner.Search;

namespace Planner.Commands;

/// <summary>
/// Has what follows the scoring of a space compiled beside it, so that an interruption is answered at once: the just-in-time compiler takes a
/// quarter of a second for it. A native build has nothing to compile.
/// </summary>
internal static class CompiledAhead
{
    private static readonly Type[] Types =
    [
        typeof(LayoutSearch), typeof(PlacementSearch), typeof(RankCosts), typeof(RankCuts), typeof(PlacementRules), typeof(PlacementStart), typeof(LayerCounts),
        typeof(RankStates), typeof(LevelChoice), typeof(Incumbent), typeof(PlacementDescent), typeof(PlacementBound), typeof(LinearCuts),
        typeof(PlanAssembly), typeof(StepEstimator), typeof(StepTraffic), typeof(Estimate), typeof(PlanFindings), typeof(EvidenceRules), typeof(UncertainConstants),
        typeof(Plan), typeof(AssumedConstants), typeof(RunCost), typeof(PlanWords),
        typeof(TextReport), typeof(TextLines), typeof(CostText), typeof(StagesText), typeof(ExpertsText), typeof(NeighboursText), typeof(NodesText),
        typeof(ProofText), typeof(RobustText), typeof(LayoutText), typeof(Quantity),
    ];

    /// <summary>On a processor of its own, where there is one.</summary>
    public static void Start()
    {
        if (Environment.ProcessorCount > 1 && JitInfo.GetCompiledMethodCount() > 0) _ = Task.Run(Prepare);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2065", Justification = "Nothing is prepared in a trimmed build.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Nothing is prepared in a trimmed build.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Nothing is prepared in a trimmed build.")]
    private static void Prepare()
    {
        const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var type in Types)
        {
            foreach (var part in type.GetNestedTypes(Own).Prepend(type))
            {
                foreach (var method in part.GetMethods(Own).Where(method => !method.IsAbstract && !method.ContainsGenericParameters))
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
    }
}
