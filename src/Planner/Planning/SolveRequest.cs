using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search.Experts;

namespace Planner.Planning;

/// <summary>The command line as given, checked for form and range only; null where an option was not given.</summary>
/// <param name="Model">Catalog name or file.</param>
/// <param name="Hardware">Catalog name or file.</param>
/// <param name="Stack">Catalog name or file.</param>
/// <param name="Gpus">GPUs of the cluster.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Sequence">Tokens a sequence.</param>
/// <param name="Precision">Of the linear layers.</param>
/// <param name="Tokens">Tokens of the whole run.</param>
/// <param name="LoadFactor">Busiest expert rank over mean.</param>
/// <param name="MemoryLimit">Of one GPU.</param>
/// <param name="TensorPolicy">Tensor parallelism; pinned where <see cref="PlanPins.Tensor"/> holds values.</param>
/// <param name="Pins">What the user fixed.</param>
/// <param name="TimeLimit">Of the search.</param>
/// <param name="Threads">Of the search; never changes the answer.</param>
/// <param name="Extrapolate">Layouts beyond the measured tables are allowed.</param>
/// <param name="Audit">Every layout keeps its literal in the joint model.</param>
public sealed record SolveRequest(
    string Model,
    string Hardware,
    string? Stack,
    int Gpus,
    int? Batch,
    int? Sequence,
    Precision? Precision,
    double? Tokens,
    double? LoadFactor,
    Bytes? MemoryLimit,
    TensorPolicy TensorPolicy,
    PlanPins Pins,
    Seconds? TimeLimit,
    int? Threads,
    bool Extrapolate,
    bool Audit)
{
    /// <summary>What is trained.</summary>
    public Trainable Trainable { get; init; }

    /// <summary>What is known of the experts' load; null where nothing is.</summary>
    public ExpertRequest? Experts { get; init; }

    /// <summary>Experts as a plan file places them; null where they are to be placed.</summary>
    public PlacedExperts? PlacedExperts { get; init; }

    /// <summary>Clusters and batches to plan in turn; empty for the one of Gpus and Batch.</summary>
    public ImmutableArray<SweepPoint> Points { get; init; } = [];

    /// <summary>Nodes of the cluster that no rank may be on.</summary>
    public NodeLimits Nodes { get; init; } = NodeLimits.None;

    /// <summary>Choose by worst regret over the ranges of the constants.</summary>
    public bool Robust { get; init; }

    /// <summary>What is minimised.</summary>
    public Objective Objective { get; init; } = Objective.Time;

    /// <summary>Objectives memory and pareto: share above the fastest step up to which plans are of interest.</summary>
    public double StepIncrease { get; init; }
}

/// <summary>Measured loads of experts and what may be done about them.</summary>
/// <param name="Loads">File.</param>
/// <param name="Workload">Workload of the file; null where it has one at most.</param>
/// <param name="Pairs">File of pairs; null without.</param>
/// <param name="Replicas">Copies of experts beyond the first, in all.</param>
public sealed record ExpertRequest(string Loads, string? Workload, string? Pairs, int Replicas);

/// <summary>One row of a sweep.</summary>
/// <param name="Gpus">GPUs.</param>
/// <param name="Batch">Sequences a step; null takes the model's.</param>
public readonly record struct SweepPoint(int Gpus, int? Batch);

/// <summary>Allowed values of each degree and choice, in the order given; empty where the user left it open.</summary>
public sealed record PlanPins(
    ImmutableArray<int> Tensor,
    ImmutableArray<int> Context,
    ImmutableArray<int> Pipeline,
    ImmutableArray<int> Virtual,
    ImmutableArray<int> Expert,
    ImmutableArray<int> Data,
    ImmutableArray<int> MicroBatch,
    ImmutableArray<string> Schedule,
    ImmutableArray<string> Recompute,
    ImmutableArray<Sharding> Sharding)
{
    /// <summary>All stages follow one recompute policy, as the arguments of most trainers have it.</summary>
    public bool UniformRecompute { get; init; }

    public static PlanPins None { get; } = new([], [], [], [], [], [], [], [], [], []);

    /// <summary>The pins that are set, by their names on the command line and in its order: what <see cref="PlanRequest.Pins"/> holds.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> ByName()
    {
        var pins = ImmutableArray.CreateBuilder<KeyValuePair<string, ImmutableArray<string>>>();
        Add("tp", Tensor, PlanWords.Of);
        Add("cp", Context, PlanWords.Of);
        Add("pp", Pipeline, PlanWords.Of);
        Add("vpp", Virtual, PlanWords.Of);
        Add("ep", Expert, PlanWords.Of);
        Add("dp", Data, PlanWords.Of);
        Add("micro_batch", MicroBatch, PlanWords.Of);
        Add("schedule", Schedule, name => name);
        Add("recompute", Recompute, name => name);
        if (UniformRecompute) Add("uniform_recompute", [true], _ => "true");
        Add("sharding", Sharding, PlanWords.Of);
        return pins.ToImmutable();

        void Add<T>(string name, ImmutableArray<T> values, Func<T, string> word)
        {
            if (!values.IsEmpty) pins.Add(new(name, [.. values.Select(word)]));
        }
    }
}

/// <summary>One layout to estimate.</summary>
/// <param name="Request">Workload; every pin holds exactly one value, but recompute several where stages differ.</param>
/// <param name="Stages">Letters of each stage (<see cref="StageLetters"/> places a model's layers by them); null where the placement is to be searched.</param>
public sealed record EstimateRequest(SolveRequest Request, ImmutableArray<string>? Stages)
{
    /// <summary>The recompute policy of each stage where they differ; empty where one pin speaks for all.</summary>
    public ImmutableArray<string> StageRecompute { get; init; } = [];

    /// <summary>The plan says what twice the batch would buy, which takes longer than the rest of an estimate.</summary>
    public bool TwiceTheBatch { get; init; } = true;
}

