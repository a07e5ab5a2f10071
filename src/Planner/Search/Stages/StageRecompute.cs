using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// What stages compute again where each has its own recompute policy, as ticks of a backward beyond that of the fastest policies: how often a path
/// takes it, and how much it can be.
/// </summary>
internal sealed class StageRecompute
{
    private readonly PlacementProblem problem;

    // The durations of a stage's backward: whole, or input and weight gradient; -1 where there is none.
    private readonly int[] whole;
    private readonly int[] input;
    private readonly int[] weight;
    private readonly long[,] beside;

    public StageRecompute(PlacementProblem problem, RankCosts[] costs)
    {
        this.problem = problem;
        Least = new LeastRecompute(problem, costs);
        (whole, input, weight) = (new int[problem.Stages], new int[problem.Stages], new int[problem.Stages]);
        foreach (var indices in new[] { whole, input, weight }) Array.Fill(indices, -1);
        for (var i = 0; i < problem.Graph.Durations.Length; i++)
        {
            var key = problem.Graph.Durations[i];
            if (key.Kind == OperationKind.Backward) whole[key.Stage] = i;
            if (key.Kind == OperationKind.BackwardInput) input[key.Stage] = i;
            if (key.Kind == OperationKind.Weight) weight[key.Stage] = i;
        }

        foreach (var level in problem.Levels)
        {
            Dense = Math.Max(Dense, Most(level, inFront: true));
            Moe = Math.Max(Moe, Most(level, inFront: false));
        }

        beside = new long[2, problem.Stages];
        for (var place = 0; place < 2; place++)
            for (var stage = 0; stage < problem.Stages; stage++)
            {
                var mtp = stage == problem.Stages - 1 - place ? problem.MtpModules : 0;
                for (var level = 0; level < problem.LevelsOfStage; level++)
                    beside[place, stage] = Math.Max(beside[place, stage], Backward(problem.Rest(stage, level, mtp)) - Backward(problem.Rest(stage, StageContent.LeastOfLevels, mtp)));
            }
    }

    /// <summary>Least sums over the stages of a rank.</summary>
    public LeastRecompute Least { get; }

    /// <summary>Most ticks of a dense layer.</summary>
    public long Dense { get; }

    /// <summary>Most ticks of a layer behind the dense ones.</summary>
    public long Moe { get; }

    /// <summary>Most ticks of what a stage holds beside its layers, with the MTP module at a place.</summary>
    public long Beside(int place, int stage) => beside[place, stage];

    /// <summary>Backwards of a stage on a path.</summary>
    public int Times(PathCut path, int stage) =>
        (whole[stage] >= 0 ? path.Coefficients[whole[stage]] : 0)
        + (input[stage] >= 0 && weight[stage] >= 0 ? Math.Min(path.Coefficients[input[stage]], path.Coefficients[weight[stage]]) : 0);

    /// <summary>Adds ticks of each stage to durations of the fastest policies.</summary>
    public void AddTo(long[] durations, double[] ticks, double scale)
    {
        for (var stage = 0; stage < ticks.Length; stage++) durations[whole[stage] >= 0 ? whole[stage] : input[stage]] += (long)(scale * ticks[stage]);
    }

    private long Most(RecomputeLevel level, bool inFront)
    {
        if (level.Sequence is not { } sequence) return inFront ? Backward(level.Dense) - Backward(problem.Dense) : Backward(level.Moe) - Backward(problem.Moe);
        return sequence.Layers.Select((layer, i) => Backward(layer) - Backward(problem.Sequence!.Layers[i])).Max();
    }

    private static long Backward(in ItemCost item) => item.BackwardInput + item.Weight;
}
