using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Units;

namespace Planner.Cost;

/// <summary>Where a step's time goes, mean over ranks or of one rank. The parts add up to the step.</summary>
/// <param name="Forward">Stand-alone forwards.</param>
/// <param name="BackwardInput">Stand-alone input gradients (of full backwards too).</param>
/// <param name="Weight">Stand-alone weight gradients (of full backwards too).</param>
/// <param name="Overlapped">Overlapped pairs.</param>
/// <param name="Bubble">Idle.</param>
/// <param name="DataParallel">Exposed reduction of gradients and gathering of parameters.</param>
/// <param name="Optimizer">Optimizer's own time, and what the host adds to a step.</param>
public sealed record StepParts(
    Seconds Forward,
    Seconds BackwardInput,
    Seconds Weight,
    Seconds Overlapped,
    Seconds Bubble,
    Seconds DataParallel,
    Seconds Optimizer)
{
    public Seconds Total => Forward + BackwardInput + Weight + Overlapped + Bubble + DataParallel + Optimizer;
}

/// <summary>Peak memory of one pipeline rank, by what holds it.</summary>
public sealed record RankMemory(
    int Rank,
    Bytes Weights,
    Bytes Gradients,
    Bytes Optimizer,
    Bytes Activations,
    Bytes Transient,
    Bytes Reserve)
{
    public Bytes Total => Weights + Gradients + Optimizer + Activations + Transient + Reserve;
}

/// <summary>One stage of a plan. Layers are counted from 0; FirstLayer is -1 where the stage holds no layer. A DualPipe stage lies on two ranks; Rank is the one of the first direction.</summary>
/// <param name="Stage">Stage.</param>
/// <param name="Rank">Pipeline rank.</param>
/// <param name="Chunk">Place among the rank's stages.</param>
/// <param name="Content">Layers by kind.</param>
/// <param name="Letters">Content in the letters E t m L, for example Ettt.</param>
/// <param name="FirstLayer">First layer.</param>
/// <param name="LastLayer">Last layer.</param>
/// <param name="Parameters">Parameters on one GPU.</param>
/// <param name="Forward">Forward of one micro-batch, alone.</param>
/// <param name="BackwardInput">Input gradient of one micro-batch, alone.</param>
/// <param name="Weight">Weight gradient of one micro-batch.</param>
/// <param name="Communication">Traffic inside forward and backward of one micro-batch, hidden or not.</param>
/// <param name="Memory">States and activations of this stage on its rank at the rank's peak.</param>
public sealed record StageEstimate(
    int Stage,
    int Rank,
    int Chunk,
    StageContent Content,
    string Letters,
    int FirstLayer,
    int LastLayer,
    double Parameters,
    Seconds Forward,
    Seconds BackwardInput,
    Seconds Weight,
    Seconds Communication,
    Bytes Memory);

/// <summary>One operation of a replayed step.</summary>
public readonly record struct TimelineEntry(int Rank, Operation Operation, Seconds Start, Seconds End);

/// <summary>What a layout with its placement costs.</summary>
/// <param name="Step">One step.</param>
/// <param name="Parts">Mean over pipeline ranks; adds up to Step.</param>
/// <param name="Ranks">The parts of each pipeline rank.</param>
/// <param name="Stages">Stages in order.</param>
/// <param name="Memory">Pipeline ranks in order.</param>
/// <param name="TokensPerGpuPerSecond">Throughput.</param>
/// <param name="ModelFlopsPerGpu">Model FLOPs a second and GPU, causal attention counted half, without MTP and recompute.</param>
/// <param name="Mfu">ModelFlopsPerGpu over the dense BF16 peak, as is customary also for FP8 runs.</param>
public sealed record Estimate(
    Seconds Step,
    StepParts Parts,
    ImmutableArray<StepParts> Ranks,
    ImmutableArray<StageEstimate> Stages,
    ImmutableArray<RankMemory> Memory,
    double TokensPerGpuPerSecond,
    FlopsPerSecond ModelFlopsPerGpu,
    double Mfu)
{
    /// <summary>GPU-hours for 1e12 tokens.</summary>
    public double GpuHoursPerTrillionTokens => 1e12 / TokensPerGpuPerSecond / 3600;

    /// <summary>
    /// Communication that no compute hides, mean over ranks: how much shorter operations would be if transfers took no time, and <see cref="StepParts.DataParallel"/>.
    /// A hand-over that only makes the receiver wait is bubble.
    /// </summary>
    public Seconds ExposedCommunication { get; init; }

    /// <summary>Rows of the busiest expert rank over the mean, as taken; null for dense models.</summary>
    public double? ExpertLoad { get; init; }

    /// <summary>Time that the busiest rank is busy over the mean of ranks; 1 = even.</summary>
    public double StageImbalance => Ranks.Max(rank => (rank.Total - rank.Bubble).Value) / Ranks.Average(rank => (rank.Total - rank.Bubble).Value);

    /// <summary>The fullest pipeline rank.</summary>
    public RankMemory Fullest => Memory.MaxBy(memory => memory.Total)!;
}
