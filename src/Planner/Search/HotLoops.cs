using System.Reflection;
using System.Runtime.CompilerServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// The loops that take much of a search are compiled as the program runs, not ahead of time: their code is the faster for it. Compiled while inputs are
/// read, by a thread that has nothing else to do, they keep nobody waiting.
/// </summary>
internal static class HotLoops
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Compiles them; nothing is left to do in a native executable.</summary>
    public static void WarmUp()
    {
        Compile([.. typeof(ScheduleGraph).GetMethods(Declared), .. typeof(RankStates).GetMethods(Declared), .. typeof(RankCosts).GetMethods(Declared)]);
        Compile([.. typeof(LayerCounts).GetMethods(Declared), .. typeof(LayerMoves).GetMethods(Declared), .. typeof(PlacementBound).GetMethods(Declared)]);
        Compile([.. typeof(RankLimits).GetMethods(Declared), .. typeof(RankSearch).GetMethods(Declared), .. typeof(PlacementLattice).GetMethods(Declared)]);
        Compile([.. typeof(StageLines).GetMethods(Declared), .. typeof(StageWalk).GetMethods(Declared), .. typeof(DualSimplex).GetMethods(Declared)]);
        Compile(typeof(ActiveSet).GetMethods(Declared));
    }

    private static void Compile(MethodInfo[] methods)
    {
        foreach (var method in methods)
            if (method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization) && !method.ContainsGenericParameters)
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
    }
}
