using System.Collections.Immutable;

namespace Planner.Plans;

/// <summary>A stage that holds other layers, or recomputes otherwise.</summary>
/// <param name="Stage">Stage.</param>
/// <param name="Was">Letters of the old plan.</param>
/// <param name="Now">Letters of the new plan.</param>
/// <param name="Gained">Layers it did not hold, from 0.</param>
/// <param name="Lost">Layers it holds no more.</param>
/// <param name="RecomputeWas">Policy of the old plan.</param>
/// <param name="RecomputeNow">Policy of the new plan.</param>
public sealed record StageChange(
    int Stage, string Was, string Now, ImmutableArray<int> Gained, ImmutableArray<int> Lost, string RecomputeWas, string RecomputeNow)
{
    /// <summary>The stages that differ; empty where the numbers of stages do, since then no stage of the one is a stage of the other.</summary>
    public static ImmutableArray<StageChange> Between(SavedPlan was, SavedPlan now)
    {
        if (was.Stages.Length != now.Stages.Length) return [];
        var (before, after) = (Layers(was), Layers(now));
        return
        [
            .. Enumerable.Range(0, was.Stages.Length)
                .Select(stage => new StageChange(
                    stage,
                    was.Stages[stage],
                    now.Stages[stage],
                    [.. after[stage].Except(before[stage])],
                    [.. before[stage].Except(after[stage])],
                    Policy(was, stage),
                    Policy(now, stage)))
                .Where(change => change.Was != change.Now || !change.Gained.IsEmpty || !change.Lost.IsEmpty || change.RecomputeWas != change.RecomputeNow),
        ];
    }

    private static string Policy(SavedPlan plan, int stage) => plan.StageRecompute.IsEmpty ? plan.Pins.Recompute[0] : plan.StageRecompute[stage];

    private static ImmutableArray<ImmutableArray<int>> Layers(SavedPlan plan)
    {
        var next = 0;
        return [.. plan.Stages.Select(letters => letters.Where(letter => letter == 't').Select(_ => next++).ToImmutableArray())];
    }
}
