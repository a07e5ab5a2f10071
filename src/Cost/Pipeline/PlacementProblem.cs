using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Cost.Pipeline;

/// <summary>
/// Which layers lie on which stage of one layout, as integers. The model is the sequence: embedding (fixed on stage 0), dense layers, MoE
/// layers, MTP modules, head (fixed on the last stage). Stages take consecutive pieces of it. Every stage holds at least one layer, except
/// that the first may hold the embedding alone and the last the head alone. MTP modules (0 or 1) lie on the last stage, or on the one before
/// it where the last holds the head alone. Where layers of a section differ (<see cref="Sequence"/>), a stage costs what its own layers cost;
/// searches work on the least that as many layers cost, and what they find is costed as it is.
/// </summary>
/// <param name="Graph">One step of the layout's schedule.</param>
/// <param name="Lag">Ticks of one hand-over between ranks.</param>
/// <param name="DenseLayers">Dense layers, in front.</param>
/// <param name="MoeLayers">Layers from the first MoE layer on.</param>
/// <param name="MtpModules">0 or 1.</param>
/// <param name="Embedding">Fixed on stage 0.</param>
/// <param name="Dense">A dense layer; the mean of them where they differ.</param>
/// <param name="Moe">A layer behind the dense ones, likewise.</param>
/// <param name="MtpOnLast">The MTP module on the last stage.</param>
/// <param name="MtpBeforeLast">The MTP module on the stage before the last (it may need its own copy of the embedding there).</param>
/// <param name="Head">Fixed on the last stage.</param>
/// <param name="SendForward">Added to every stage but the last: its forward hands its output over while the rank waits.</param>
/// <param name="SendBackward">Added to every stage but the first, likewise for the gradient.</param>
/// <param name="RankBase">What every rank pays once whatever it holds: reserve and transients, latencies of the end of step.</param>
/// <param name="LimitKib">Memory of a rank.</param>
public sealed record PlacementProblem(
    ScheduleGraph Graph,
    long Lag,
    int DenseLayers,
    int MoeLayers,
    int MtpModules,
    ItemCost Embedding,
    ItemCost Dense,
    ItemCost Moe,
    ItemCost MtpOnLast,
    ItemCost MtpBeforeLast,
    ItemCost Head,
    ItemCost SendForward,
    ItemCost SendBackward,
    ItemCost RankBase,
    long LimitKib)
{
    public int Stages { get; } = Graph.StagesOfRank.Sum(stages => stages.Length);

    /// <summary>
    /// Recompute policies among which every stage has its own choice; empty where there is one for all. Where there are several, the costs of
    /// parts and of <see cref="RankBase"/> above are the least of all of them.
    /// </summary>
    public ImmutableArray<RecomputeLevel> Levels { get; init; } = [];

    /// <summary>The layers one by one; null where a stage can be told by how many of each section it holds. With several levels the least of them.</summary>
    public LayerSequence? Sequence { get; init; }

    /// <summary>What the layers of a stage may cost less than as many of <see cref="Dense"/> and <see cref="Moe"/>, at most.</summary>
    public ItemCost Short { get; private init; }

    /// <summary>Layers differ, and every rank holds one stage, in their order: what the ranks before it hold says which layers a rank's are.</summary>
    public bool KnowsFirstLayers => Sequence is not null && Graph.StagesOfRank.Length == Stages;

    /// <summary>Ways to recompute a stage.</summary>
    public int LevelsOfStage => Math.Max(1, Levels.Length);

    /// <summary>The stage whose successor lies on the same rank, so that nothing is sent between them (the middle of a V); -1 where there is none.</summary>
    public int LocalBoundary { get; init; } = -1;

    /// <summary>The same placement with other costs: one set for each recompute policy that a stage may follow.</summary>
    public PlacementProblem Costing(ImmutableArray<LayoutItems> levels)
    {
        var first = levels[0];
        var costed = this with
        {
            Lag = first.Lag,
            Embedding = first.Embedding,
            SendForward = first.SendForward,
            SendBackward = first.SendBackward,
            Dense = levels.Select(level => level.Dense).Aggregate(ItemCost.Least),
            Moe = levels.Select(level => level.Moe).Aggregate(ItemCost.Least),
            MtpOnLast = levels.Select(level => level.MtpOnLast).Aggregate(ItemCost.Least),
            MtpBeforeLast = levels.Select(level => level.MtpBeforeLast).Aggregate(ItemCost.Least),
            Head = levels.Select(level => level.Head).Aggregate(ItemCost.Least),
            RankBase = levels.Select(level => level.RankBase).Aggregate(ItemCost.Least),
        };
        if (levels.Length == 1) return costed with { Levels = [], Sequence = first.Sequence, Short = first.Sequence?.Short ?? default };
        return costed with
        {
            Sequence = first.Sequence is null ? null : LayerSequence.Least([.. levels.Select(level => level.Sequence!)]),
            Short = levels.Select(level => level.Sequence?.Short ?? default).Aggregate(static (a, b) => ItemCost.Most(a, b)),
            Head = levels.Select(HeadAlone).Aggregate(ItemCost.Least),
            Levels =
            [
                .. levels.Select(level => new RecomputeLevel(
                    level.Dense,
                    level.Moe,
                    level.MtpOnLast,
                    level.MtpBeforeLast,
                    HeadAlone(level),
                    level.RankBase.StaticKib - costed.RankBase.StaticKib,
                    level.HeadTransientKib)
                { Sequence = level.Sequence }),
            ],
        };

        static ItemCost HeadAlone(LayoutItems level) => level.Head with { StaticKib = level.Head.StaticKib - level.HeadTransientKib };
    }

    /// <summary>
    /// What a stage adds beside <see cref="Dense"/> and <see cref="Moe"/> for every layer, at least: embedding, head, hand-overs, less what its layers
    /// may fall short of the mean.
    /// </summary>
    public ItemCost Fixed(int stage) => Sequence is null ? FixedBesideLayers(stage) : FixedBesideLayers(stage) - Short;

    /// <summary>What a stage adds beside its layers: embedding, head, hand-overs.</summary>
    public ItemCost FixedBesideLayers(int stage) => Fixed(stage, Head);

    private ItemCost Fixed(int stage, in ItemCost head)
    {
        ItemCost cost = default;
        if (stage == 0) cost += Embedding;
        if (stage == Stages - 1) cost += head;
        if (stage < Stages - 1 && stage != LocalBoundary) cost += SendForward;
        if (stage > 0 && stage - 1 != LocalBoundary) cost += SendBackward;
        return cost;
    }

    /// <summary>Everything the stages of a placement add.</summary>
    public ItemCost[] StageCosts(StagePlan plan)
    {
        var costs = new ItemCost[plan.Stages.Length];
        var first = 0;
        for (var stage = 0; stage < costs.Length; stage++)
        {
            var content = plan.Stages[stage];
            var rest = Rest(stage, content.Level, content.Mtp);
            costs[stage] = Sequence is null ? StageCost(content, rest) : StageCost(content, first, rest);
            first += content.Layers;
        }

        return costs;
    }

    /// <summary>
    /// Everything a stage adds; with <see cref="StageContent.LeastOfLevels"/> at least. Where layers differ, the least of all stages with as many
    /// layers.
    /// </summary>
    public ItemCost StageCost(int stage, StageContent content) => StageCost(content, Rest(stage, content.Level, content.Mtp));

    /// <summary>The same where what the stage adds beside its layers is known.</summary>
    public ItemCost StageCost(StageContent content, in ItemCost rest)
    {
        if (OfLevel(content.Level) is { } sequence) return (sequence.Least(content.Dense, content.Moe) + rest) with { TransientKib = rest.TransientKib };
        return Levels.IsEmpty || content.Level == StageContent.LeastOfLevels
            ? ItemCost.Sum(content.Dense, Dense, content.Moe, Moe, rest)
            : ItemCost.Sum(content.Dense, Levels[content.Level].Dense, content.Moe, Levels[content.Level].Moe, rest) with { TransientKib = rest.TransientKib };
    }

    /// <summary>The same where layers differ and it is known which ones they are.</summary>
    public ItemCost StageCost(StageContent content, int firstLayer, in ItemCost rest) =>
        (OfLevel(content.Level)!.Run(firstLayer, content.Layers) + rest) with { TransientKib = rest.TransientKib };

    private LayerSequence? OfLevel(int level) => Sequence is null || Levels.IsEmpty || level == StageContent.LeastOfLevels ? Sequence : Levels[level].Sequence;

    /// <summary>What a stage adds beside its layers: embedding, head, hand-overs, and so many MTP modules, under a recompute policy or at least.</summary>
    public ItemCost Rest(int stage, int policy, int mtp)
    {
        var last = stage == Stages - 1;
        if (Levels.IsEmpty || policy == StageContent.LeastOfLevels)
        {
            var least = FixedBesideLayers(stage);
            return mtp > 0 ? least + (mtp * (last ? MtpOnLast : MtpBeforeLast)) : least;
        }

        var level = Levels[policy];
        var rest = Fixed(stage, level.Head);
        if (mtp > 0) rest += mtp * (last ? level.MtpOnLast : level.MtpBeforeLast);
        return rest with { TransientKib = level.TransientKib + (last ? level.HeadTransientKib : 0) };
    }

    /// <summary>Fills the graph's duration table for a placement.</summary>
    public void FillDurations(StagePlan plan, Span<long> durations) => FillDurations(StageCosts(plan), durations);

    /// <summary>The same where it is known what the stages add.</summary>
    public void FillDurations(ReadOnlySpan<ItemCost> costs, Span<long> durations)
    {
        for (var i = 0; i < Graph.Durations.Length; i++)
        {
            var key = Graph.Durations[i];
            durations[i] = key.Kind switch
            {
                OperationKind.ReduceGradients => RankBase.ReduceGradients + Sum(costs, key.Rank, static cost => cost.ReduceGradients),
                OperationKind.Update => RankBase.Update + Sum(costs, key.Rank, static cost => cost.Update),
                _ => Duration(key, costs[key.Stage], key.PairStage < 0 ? default : costs[key.PairStage]),
            };
        }
    }

    private long Sum(ReadOnlySpan<ItemCost> costs, int rank, Func<ItemCost, long> part)
    {
        long sum = 0;
        foreach (var stage in Graph.StagesOfRank[rank]) sum += part(costs[stage]);
        return sum;
    }

    /// <summary>Duration of a stage's operation or of an overlapped pair: the pair is what <see cref="ItemCost.Pair"/> says.</summary>
    public static long Duration(DurationKey key, ItemCost stage, ItemCost pair) => key.Kind switch
    {
        OperationKind.Forward => stage.Forward,
        OperationKind.Backward => stage.BackwardInput + stage.Weight,
        OperationKind.BackwardInput => stage.BackwardInput,
        OperationKind.Weight => stage.Weight,
        OperationKind.Overlapped => ItemCost.Pair(stage, pair),
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Kind, "belongs to a rank, not to a stage"),
    };

    /// <summary>Peak memory of the fullest rank.</summary>
    public long FullestKib(ReadOnlySpan<ItemCost> costs)
    {
        long most = 0;
        for (var rank = 0; rank < Graph.Ranks; rank++) most = Math.Max(most, RankMemoryKib(rank, costs));
        return most;
    }

    /// <summary>Peak memory of a rank of the graph for a placement, exact for the schedule's order.</summary>
    public long RankMemoryKib(int rank, StagePlan plan) => RankMemoryKib(rank, StageCosts(plan));

    /// <summary>The same where it is known what the stages add.</summary>
    public long RankMemoryKib(int rank, ReadOnlySpan<ItemCost> costs)
    {
        var stages = Graph.StagesOfRank[rank];
        var memory = RankBase.StaticKib;
        long moment = 0;
        foreach (var stage in stages)
        {
            memory += costs[stage].StaticKib;
            moment = Math.Max(moment, costs[stage].TransientKib);
        }

        long peak = 0;
        foreach (var vector in Graph.InFlight[rank])
        {
            long held = 0;
            for (var i = 0; i < stages.Length; i++) held += vector[i] * costs[stages[i]].ActivationKib;
            peak = Math.Max(peak, held);
        }

        return memory + moment + peak;
    }
}
