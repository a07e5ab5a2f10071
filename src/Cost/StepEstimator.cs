using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Memory;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Units;

namespace Planner.Cost;

/// <summary>
/// Costs a layout with its placement by replaying every rank's program: step, parts, memory and time line come from the one replay.
/// Step = replayed pipeline, then reduction of gradients on every rank, then (after all of them) the optimizer and gathering of parameters.
/// </summary>
public sealed class StepEstimator
{
    private readonly CostModel model;
    private readonly LayoutSpec layout;
    private readonly StagePlan plan;
    private readonly BuiltPipeline pipeline;
    private readonly PlacementProblem problem;
    private readonly ImmutableArray<ModelParts> levels;
    private readonly StateCosts states;
    private readonly ItemCost[] costs;

    // First layer of each stage.
    private readonly ImmutableArray<int> firstLayers;

    // Bytes that a micro-batch in flight keeps on each stage.
    private readonly double[] activations;

    /// <param name="model">Costs.</param>
    /// <param name="layout">Degrees and choices; legal for its schedule.</param>
    /// <param name="plan">Layers on stages.</param>
    /// <param name="pipeline">The layout's pipeline, where somebody has built it already.</param>
    public StepEstimator(CostModel model, LayoutSpec layout, StagePlan plan, BuiltPipeline? pipeline = null)
    {
        this.model = model;
        this.layout = layout;
        this.plan = plan;
        this.pipeline = pipeline ?? new BuiltPipeline(layout.Schedule, layout.Pipeline);
        problem = model.Problem(layout, this.pipeline.Graph, model.Machine.Accelerator.Memory);
        var beside = LayoutItems.EmbeddingBesideHead(layout);
        levels = [.. layout.Recompute.Choices.Select(policy => ModelParts.Of(model, LayoutItems.KeyOf(model, layout, policy), beside))];
        states = new StateCosts(model, layout.Degrees, layout.Schedule.Copies, layout.Sharding);
        costs = problem.StageCosts(plan);
        firstLayers = plan.FirstLayers;
        activations = [.. Enumerable.Range(0, plan.Stages.Length).Select(stage => PartsIn(stage).Sum(part => part.Activations))];
    }

    /// <summary>The replayed step as a time line, every rank's operations in order.</summary>
    public IEnumerable<TimelineEntry> Timeline()
    {
        foreach (var line in Replay())
            foreach (var entry in line)
                yield return new TimelineEntry(entry.Rank, entry.Operation, Ticks.ToSeconds(entry.Start), Ticks.ToSeconds(entry.End));
    }

    public Estimate Estimate()
    {
        var lines = Replay();
        var step = lines.Max(line => line.Max(entry => entry.End));
        ImmutableArray<StepParts> ranks = [.. lines.Select(line => PartsOf(line, step))];
        var mean = Mean(ranks);
        var seconds = Ticks.ToSeconds(step);
        var tokens = (double)model.Workload.GlobalBatch * model.Workload.SequenceLength / layout.Degrees.Gpus / seconds.Value;
        var flops = new FlopsPerSecond(tokens * ModelFlops());
        return new Estimate(
            seconds,
            mean,
            ranks,
            Stages(),
            [.. Enumerable.Range(0, layout.Degrees.Pipeline).Select(Memory)],
            tokens,
            flops,
            flops.Value / model.Machine.Accelerator.Bf16.Value)
        {
            ExposedCommunication = Exposed(lines) + mean.DataParallel,
            ExpertLoad = model.Layers.ExpertLoad(LayoutItems.KeyOf(model, layout, layout.Recompute.Choices[0])),
        };
    }

    // What the operations of every rank would be shorter by if transfers took no time, mean over ranks; rounded part by part, as durations are.
    private Seconds Exposed(ImmutableArray<ImmutableArray<ReplayedOperation>> lines)
    {
        var forward = OfStages(part => part.ForwardCompute);
        var backward = OfStages(part => part.BackwardInputCompute);
        var weight = OfStages(part => part.Weight);
        var pairForward = OfStages(part => part.PairForwardCompute - part.PairForwardWait);
        var pairBackward = OfStages(part => part.PairBackwardCompute - part.PairBackwardWait);
        var shown = lines.Sum(line => line.Sum(entry => Math.Max(0, entry.End - entry.Start - Compute(entry))));
        return Ticks.ToSeconds(shown) / lines.Length;

        long Compute(ReplayedOperation entry) => entry.Operation.Kind switch
        {
            OperationKind.Forward => forward[entry.Operation.Stage],
            OperationKind.Backward => backward[entry.Operation.Stage] + weight[entry.Operation.Stage],
            OperationKind.BackwardInput => backward[entry.Operation.Stage],
            OperationKind.Overlapped => pairForward[entry.Operation.Stage] + pairBackward[entry.Operation.PairStage],
            _ => entry.End - entry.Start,
        };

        ImmutableArray<long> OfStages(Func<LayerCost, double> seconds) =>
            [.. Enumerable.Range(0, plan.Stages.Length).Select(stage => PartsIn(stage).Sum(part => Ticks.FromSeconds(new Seconds(seconds(part)))))];
    }

    private double ModelFlops()
    {
        var token = TrainingFlops.PerToken(model.Model, model.Workload.SequenceLength);
        return (model.Workload.Trainable == Trainable.All ? token.Total : token.Frozen).Value;
    }

    private ImmutableArray<ImmutableArray<ReplayedOperation>> Replay()
    {
        var graph = problem.Graph;
        var durations = new long[graph.Durations.Length];
        problem.FillDurations(costs, durations);
        var byKey = new Dictionary<DurationKey, long>(durations.Length);
        for (var i = 0; i < durations.Length; i++) byKey[graph.Durations[i]] = durations[i];
        return ProgramReplay.Run(pipeline, key => byKey[key], problem.Lag);
    }

    private int Folded(int rank) => layout.Schedule.Copies == 2 ? Math.Min(rank, layout.Degrees.Pipeline - 1 - rank) : rank;

    private StepParts PartsOf(ImmutableArray<ReplayedOperation> line, long step)
    {
        long forward = 0, backward = 0, weight = 0, overlapped = 0, synchronised = 0, optimizer = 0;
        foreach (var (rank, operation, start, end) in line)
        {
            var time = end - start;
            switch (operation.Kind)
            {
                case OperationKind.Forward:
                    forward += time;
                    break;
                case OperationKind.Backward:
                    var gradient = costs[operation.Stage].Weight;
                    backward += time - gradient;
                    weight += gradient;
                    break;
                case OperationKind.BackwardInput:
                    backward += time;
                    break;
                case OperationKind.Weight:
                    weight += time;
                    break;
                case OperationKind.Overlapped:
                    overlapped += time;
                    break;
                case OperationKind.ReduceGradients:
                    synchronised += time;
                    break;
                case OperationKind.Update:
                    var own = Math.Min(time, OptimizerTicks(rank) + problem.RankBase.Update);
                    optimizer += own;
                    synchronised += time - own;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(line), operation.Kind, "operation without a part of the step");
            }
        }

        var idle = step - forward - backward - weight - overlapped - synchronised - optimizer;
        return new StepParts(
            Ticks.ToSeconds(forward),
            Ticks.ToSeconds(backward),
            Ticks.ToSeconds(weight),
            Ticks.ToSeconds(overlapped),
            Ticks.ToSeconds(idle),
            Ticks.ToSeconds(synchronised),
            Ticks.ToSeconds(optimizer));
    }

    private long OptimizerTicks(int rank) =>
        Ticks.FromSeconds(new Seconds(StagesOf(rank).Sum(stage => PartsIn(stage).Sum(part => states.Sync(part).Optimizer))));

    private ImmutableArray<int> StagesOf(int rank) => problem.Graph.StagesOfRank[Folded(rank)];

    private ModelParts PartsOf(int stage) => levels[plan.Stages[stage].Level];

    // The costed parts on a stage, each as often as it occurs.
    private IEnumerable<LayerCost> PartsIn(int stage)
    {
        var content = plan.Stages[stage];
        var parts = PartsOf(stage);
        if (stage == 0) yield return parts.Embedding;
        for (var i = 0; i < content.Layers; i++) yield return parts.Shapes[model.Model.Shapes.Numbers[firstLayers[stage] + i]];
        if (content.Mtp > 0)
        {
            yield return parts.Mtp!.Value;
            if (HoldsCopy(stage)) yield return default(LayerCost) with { Elements = parts.Embedding.Elements };
        }

        if (stage == problem.Stages - 1) yield return parts.Head;
    }

    private RankMemory Memory(int rank)
    {
        var overhead = model.Stack.Memory.AllocatorOverhead;
        var stages = StagesOf(rank);
        StateMemory held = default;
        var parts = levels[0];
        var moment = stages.Max(stage => PartsOf(stage).Transient + (stage == problem.Stages - 1 ? PartsOf(stage).HeadTransient : 0));
        var transient = moment + states.GatheredLayers(parts)
            + model.Layers.Fixed(LayoutItems.KeyOf(model, layout, layout.Recompute.Choices[0]), KindsOn(stages), stages.Any(stage => plan.Stages[stage].Mtp > 0));
        foreach (var stage in stages)
        {
            foreach (var part in PartsIn(stage)) held += states.Memory(part.Elements);
            if (stage == 0) transient += states.Whole(parts.Embedding.Elements);
            if (stage == problem.Stages - 1) transient += states.Whole(parts.Head.Elements);
            if (HoldsCopy(stage)) transient += states.Whole(parts.Embedding.Elements);
        }

        var flying = Activations(PeakVector(rank), stages);
        return new RankMemory(
            rank,
            new Bytes(held.Weights),
            new Bytes(held.Gradients),
            new Bytes(held.Optimizer),
            new Bytes(flying),
            new Bytes(transient),
            new Bytes(model.Stack.Memory.Reserve.Value + ((overhead - 1) * (held.Total + flying + transient))));
    }

    private IEnumerable<LayerKind> KindsOn(ImmutableArray<int> stages)
    {
        foreach (var stage in stages)
            for (var i = 0; i < plan.Stages[stage].Layers; i++) yield return model.Model.Layers[firstLayers[stage] + i];
    }

    // A module away from the embedding keeps its own copy.
    private bool HoldsCopy(int stage) => plan.Stages[stage].Mtp > 0 && (stage != problem.Stages - 1 || !levels[0].MtpFindsEmbedding);

    // Micro-batches in flight on each stage of the rank when its activations are at their peak.
    private ImmutableArray<int> PeakVector(int rank)
    {
        var stages = StagesOf(rank);
        return problem.Graph.InFlight[Folded(rank)].MaxBy(vector => Activations(vector, stages));
    }

    private double Activations(ImmutableArray<int> inFlight, ImmutableArray<int> stages)
    {
        var sum = 0.0;
        for (var i = 0; i < inFlight.Length; i++) sum += inFlight[i] * activations[stages[i]];
        return sum;
    }

    private ImmutableArray<StageEstimate> Stages()
    {
        var stages = ImmutableArray.CreateBuilder<StageEstimate>();
        var places = StagePlaces.Of(layout.Schedule, layout.Pipeline);
        for (var stage = 0; stage < plan.Stages.Length; stage++)
        {
            var content = plan.Stages[stage];
            var cost = costs[stage];
            var first = firstLayers[stage];
            var (rank, chunk) = places[stage];
            var layersHere = content.Layers;
            var inFlight = PeakVector(rank)[StagesOf(rank).IndexOf(stage)];
            var memory = PartsIn(stage).Sum(part => states.Memory(part.Elements).Total) + (inFlight * activations[stage]);
            stages.Add(new StageEstimate(
                stage,
                rank,
                chunk,
                content,
                Letters(stage, content),
                layersHere > 0 ? first : -1,
                layersHere > 0 ? first + layersHere - 1 : -1,
                PartsIn(stage).Sum(part => part.Elements.Total),
                Ticks.ToSeconds(cost.Forward),
                Ticks.ToSeconds(cost.BackwardInput),
                Ticks.ToSeconds(cost.Weight),
                new Seconds(PartsIn(stage).Sum(part => part.Communication)),
                new Bytes(memory)));
        }

        return stages.ToImmutable();
    }

    private string Letters(int stage, StageContent content) =>
        (stage == 0 ? "E" : "") + new string('t', content.Layers) + new string('m', content.Mtp) + (stage == problem.Stages - 1 ? "L" : "");

    private static StepParts Mean(ImmutableArray<StepParts> ranks)
    {
        var n = ranks.Length;
        return new StepParts(
            new Seconds(ranks.Sum(parts => parts.Forward.Value) / n),
            new Seconds(ranks.Sum(parts => parts.BackwardInput.Value) / n),
            new Seconds(ranks.Sum(parts => parts.Weight.Value) / n),
            new Seconds(ranks.Sum(parts => parts.Overlapped.Value) / n),
            new Seconds(ranks.Sum(parts => parts.Bubble.Value) / n),
            new Seconds(ranks.Sum(parts => parts.DataParallel.Value) / n),
            new Seconds(ranks.Sum(parts => parts.Optimizer.Value) / n));
    }
}
