using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Durations and memory of one rank of the graph as functions of what its stages hold; no other rank's contents matter.</summary>
internal sealed class RankCosts
{
    private readonly PlacementProblem problem;
    private readonly Source[] sources;
    private readonly int[][] inFlight;

    // What each stage adds beside its layers, by policy (the least of them first) and MTP modules; found when first asked for.
    private ItemCost[]? rests;

    private RankCosts(PlacementProblem problem, int rank, List<int> durations)
    {
        this.problem = problem;
        var graph = problem.Graph;
        Rank = rank;
        Stages = [.. graph.StagesOfRank[rank]];
        Durations = [.. durations];
        sources = Array.ConvertAll(Durations, duration => Of(graph.Durations[duration]));
        inFlight = [.. graph.InFlight[rank].Select(vector => vector.ToArray())];
    }

    private Source Of(DurationKey key) => new(key.Kind, Local(key.Stage), Local(key.PairStage));

    public int Rank { get; }

    public int[] Stages { get; }

    /// <summary>Indices of the rank's durations in the graph's table.</summary>
    public int[] Durations { get; }

    /// <summary>Pareto-maximal micro-batches in flight, by stage of the rank.</summary>
    public ReadOnlySpan<int[]> InFlight => inFlight;

    public static RankCosts[] Of(PlacementProblem problem)
    {
        var byRank = new List<int>[problem.Graph.Ranks];
        for (var rank = 0; rank < byRank.Length; rank++) byRank[rank] = [];
        for (var i = 0; i < problem.Graph.Durations.Length; i++) byRank[problem.Graph.Durations[i].Rank].Add(i);
        var costs = new RankCosts[byRank.Length];
        for (var rank = 0; rank < costs.Length; rank++) costs[rank] = new RankCosts(problem, rank, byRank[rank]);
        return costs;
    }

    /// <summary>Writes the rank's durations, in the order of <see cref="Durations"/>; at least: what never falls when a stage gets another layer.</summary>
    public void Fill(ReadOnlySpan<ItemCost> stages, Span<long> durations, bool least = false)
    {
        var all = sources;
        durations = durations[..all.Length];
        for (var i = 0; i < all.Length; i++)
        {
            var (kind, stage, pair) = all[i];
            if (stage < 0)
            {
                durations[i] = kind == OperationKind.ReduceGradients ? ReduceGradients(stages) : Update(stages);
                continue;
            }

            ref readonly var own = ref stages[stage];
            durations[i] = kind switch
            {
                OperationKind.Forward => own.Forward,
                OperationKind.Backward => own.BackwardInput + own.Weight,
                OperationKind.BackwardInput => own.BackwardInput,
                OperationKind.Weight => own.Weight,
                OperationKind.Overlapped => least ? ItemCost.LeastPair(own, stages[pair]) : ItemCost.Pair(own, stages[pair]),
                _ => throw new InvalidOperationException($"no duration for {kind}"),
            };
        }
    }

    /// <summary>What the rank adds to a cut with durations in the order of <see cref="Durations"/>; a cut's length is this of all ranks and its hand-overs.</summary>
    public long Weight(PathCut cut, ReadOnlySpan<long> durations)
    {
        long weight = 0;
        for (var i = 0; i < Durations.Length; i++) weight += cut.Coefficients[Durations[i]] * durations[i];
        return weight;
    }

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
        foreach (var vector in inFlight)
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

    private ItemCost[] Rests()
    {
        var all = new ItemCost[Rest(Stages.Length, StageContent.LeastOfLevels, 0)];
        for (var local = 0; local < Stages.Length; local++)
            for (var policy = StageContent.LeastOfLevels; policy < problem.LevelsOfStage; policy++)
                for (var mtp = 0; mtp < 2; mtp++) all[Rest(local, policy, mtp)] = problem.Rest(Stages[local], policy, mtp);
        return all;
    }

    private int Rest(int local, int policy, int mtp) => (2 * ((local * (problem.LevelsOfStage + 1)) + policy - StageContent.LeastOfLevels)) + mtp;

    private int Local(int stage)
    {
        if (stage < 0) return -1;
        var local = Array.IndexOf(Stages, stage);
        return local >= 0 ? local : throw new ArgumentException($"rank {Rank} runs an operation of stage {stage}, which it does not hold");
    }

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

    /// <summary>What one of the rank's durations follows from: a stage of the rank, -1 for all of them, and the one whose backward is beside it.</summary>
    private readonly record struct Source(OperationKind Kind, int Stage, int Pair);
}
