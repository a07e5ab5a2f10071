using System.Runtime.CompilerServices;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Durations and memory of one rank of the graph as functions of what its stages hold; no other rank's contents matter.</summary>
internal sealed class RankCosts
{
    private readonly PlacementProblem problem;
    private readonly RankOperations operations;

    // What each stage adds beside its layers, by policy (the least of them first) and MTP modules; found when first asked for.
    private ItemCost[]? rests;

    private RankCosts(PlacementProblem problem, RankOperations operations)
    {
        this.problem = problem;
        this.operations = operations;
    }

    public int Rank => operations.Rank;

    public int[] Stages => operations.Stages;

    /// <summary>Indices of the rank's durations in the graph's table.</summary>
    public int[] Durations => operations.Durations;

    /// <summary>Pareto-maximal micro-batches in flight, by stage of the rank.</summary>
    public ReadOnlySpan<int[]> InFlight => operations.InFlight;

    public static RankCosts[] Of(PlacementProblem problem) => Array.ConvertAll(RankOperations.Of(problem.Graph), rank => new RankCosts(problem, rank));

    /// <summary>Writes the rank's durations, in the order of <see cref="Durations"/>; at least: what never falls when a stage gets another layer.</summary>
    public void Fill(ReadOnlySpan<ItemCost> stages, Span<long> durations, bool least = false)
    {
        durations = durations[..Durations.Length];
        foreach (var (at, stage) in operations.Forwards) durations[at] = stages[stage].Forward;
        foreach (var (at, stage) in operations.Backwards) durations[at] = stages[stage].BackwardInput + stages[stage].Weight;
        foreach (var (at, stage) in operations.Inputs) durations[at] = stages[stage].BackwardInput;
        foreach (var (at, stage) in operations.Weights) durations[at] = stages[stage].Weight;
        foreach (var (at, forward, backward) in operations.Pairs)
            durations[at] = least ? ItemCost.LeastPair(stages[forward], stages[backward]) : ItemCost.Pair(stages[forward], stages[backward]);
        foreach (var at in operations.Reductions) durations[at] = ReduceGradients(stages);
        foreach (var at in operations.Updates) durations[at] = Update(stages);
    }

    /// <summary>What the rank adds to a cut with durations in the order of <see cref="Durations"/>; a cut's length is this of all ranks and its hand-overs.</summary>
    public long Weight(PathCut cut, ReadOnlySpan<long> durations)
    {
        long weight = 0;
        for (var i = 0; i < Durations.Length; i++) weight += cut.Coefficients[Durations[i]] * durations[i];
        return weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Memory(ReadOnlySpan<ItemCost> stages)
    {
        var held = problem.RankBase.StaticKib;
        long moment = 0;
        for (var i = 0; i < Stages.Length; i++)
        {
            held += stages[i].StaticKib;
            moment = Math.Max(moment, stages[i].TransientKib);
        }

        long peak = 0;
        foreach (var vector in operations.InFlight)
        {
            long activations = 0;
            for (var i = 0; i < vector.Length; i++) activations += vector[i] * stages[i].ActivationKib;
            if (activations > peak) peak = activations;
        }

        return held + moment + peak;
    }

    public ItemCost Cost(int local, StageContent content)
    {
        rests ??= Rests();
        return problem.StageCost(content, rests[Rest(local, content.Level, content.Mtp)]);
    }

    /// <summary>The same where layers differ and it is known which ones they are.</summary>
    public ItemCost Cost(int local, StageContent content, int firstLayer)
    {
        rests ??= Rests();
        return problem.StageCost(content, firstLayer, rests[Rest(local, content.Level, content.Mtp)]);
    }

    private ItemCost[] Rests()
    {
        var all = new ItemCost[Rest(Stages.Length, StageContent.LeastOfLevels, 0)];
        for (var local = 0; local < Stages.Length; local++)
            for (var policy = StageContent.LeastOfLevels; policy < problem.LevelsOfStage; policy++)
                for (var mtp = 0; mtp < 2; mtp++) all[Rest(local, policy, mtp)] = problem.Rest(Stages[local], policy, mtp);
        return all;
    }

    private int Rest(int local, int policy, int mtp) => (2 * ((local * (problem.LevelsOfStage + 1)) + policy - StageContent.LeastOfLevels)) + mtp;

    private long ReduceGradients(ReadOnlySpan<ItemCost> stages)
    {
        var sum = problem.RankBase.ReduceGradients;
        for (var i = 0; i < Stages.Length; i++) sum += stages[i].ReduceGradients;
        return sum;
    }

    private long Update(ReadOnlySpan<ItemCost> stages)
    {
        var sum = problem.RankBase.Update;
        for (var i = 0; i < Stages.Length; i++) sum += stages[i].Update;
        return sum;
    }
}
