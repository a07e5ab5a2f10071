using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Search;

namespace Planner.Plans;

public enum TensorPolicy
{
    /// <summary>The smallest tensor-parallel degree whose best step is within the estimate's stated error of the fastest.</summary>
    Avoid,

    /// <summary>Any degree.</summary>
    Allow,

    /// <summary>Pinned by the request.</summary>
    Pinned,
}

public enum Objective
{
    Time,
    Memory,
    Pareto,
}

/// <summary>What the user asked for, defaults filled in.</summary>
/// <param name="Model">Catalog name, or file name without its folder.</param>
/// <param name="Hardware">Likewise.</param>
/// <param name="Stack">Likewise.</param>
/// <param name="Gpus">GPUs of the cluster; the plan's, unless nodes are excluded or kept back.</param>
/// <param name="SequenceLength">Tokens a sequence.</param>
/// <param name="GlobalBatch">Sequences a step.</param>
/// <param name="Precision">Of the linear layers.</param>
/// <param name="TensorPolicy">Tensor parallelism.</param>
/// <param name="Pins">Degrees and choices the user fixed, in the order of the command line: name (tp, pp, schedule, …) and allowed values.</param>
/// <param name="MemoryLimit">Of one GPU.</param>
/// <param name="LoadFactor">Busiest expert rank over mean, where the user gave it; else null (the stack's curve, or 1).</param>
/// <param name="Tokens">Tokens of the whole run; null where unknown.</param>
/// <param name="Objective">What is minimised.</param>
/// <param name="Extrapolate">Layouts beyond the measured tables are allowed.</param>
public sealed record PlanRequest(
    string Model,
    string Hardware,
    string Stack,
    int Gpus,
    int SequenceLength,
    int GlobalBatch,
    Precision Precision,
    TensorPolicy TensorPolicy,
    ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> Pins,
    Bytes MemoryLimit,
    double? LoadFactor,
    double? Tokens,
    Objective Objective,
    bool Extrapolate)
{
    /// <summary>What is trained.</summary>
    public Trainable Trainable { get; init; }

    /// <summary>Measured loads of experts, files without their folders; null where none were given.</summary>
    public ExpertRequest? Experts { get; init; }

    /// <summary>Nodes of the cluster that no rank may be on.</summary>
    public NodeLimits Nodes { get; init; } = NodeLimits.None;

    /// <summary>Objectives memory and pareto: share above the fastest step up to which plans are of interest.</summary>
    public double StepIncrease { get; init; }

    /// <summary>The layout with the smallest worst regret over the ranges of the constants, instead of the fastest.</summary>
    public bool Robust { get; init; }
}

/// <summary>Digests (sha256, hex) of the canonical form of each input.</summary>
public sealed record PlanInputs(string Model, string Hardware, string Stack)
{
    /// <summary>Loads of experts; null where none were given.</summary>
    public string? Loads { get; init; }

    /// <summary>Pairs of experts; null where none were given.</summary>
    public string? Pairs { get; init; }
}

/// <summary>How the plan was found and proven.</summary>
/// <param name="Status">optimal, feasible or infeasible.</param>
/// <param name="Bound">No layout of the space is faster than this.</param>
/// <param name="Gap">(step - bound) / step.</param>
/// <param name="Candidates">Layouts scored.</param>
/// <param name="Considered">Layouts of the space before legality.</param>
/// <param name="Placements">Layouts whose placement was searched.</param>
/// <param name="Survivors">Layouts in the joint model.</param>
/// <param name="Proofs">Who proved it, for example branch and bound, CP-SAT.</param>
/// <param name="Name">Solver's name.</param>
/// <param name="Version">Solver's version.</param>
public sealed record SolverReport(
    ProofStatus Status,
    Seconds Bound,
    double Gap,
    long Candidates,
    long Considered,
    int Placements,
    int Survivors,
    ImmutableArray<string> Proofs,
    string Name,
    string Version)
{
    /// <summary>Objective memory; null under others.</summary>
    public MemoryGoal? Memory { get; init; }
}

/// <summary>What was reached under objective memory.</summary>
/// <param name="Fastest">The fastest step of the space.</param>
/// <param name="Bound">No plan within the allowed step needs less.</param>
public sealed record MemoryGoal(Seconds Fastest, Bytes Bound);

/// <summary>How far a layout is from what was published or measured.</summary>
public enum Evidence
{
    /// <summary>A published run used these degrees and this schedule.</summary>
    PublishedPrecedent,

    /// <summary>Every kernel it rests on lies within measured tables.</summary>
    KernelsMeasured,

    /// <summary>It rests on rates beyond the measured tables.</summary>
    Extrapolated,
}

/// <summary>Another layout, for comparison.</summary>
/// <param name="Twin">A schedule and pipeline degree that is the same plan under another name; null where there is none.</param>
public sealed record Alternative(LayoutSpec Layout, Seconds Step, Seconds Bubble, Bytes Peak, double TokensPerGpuPerSecond, double Mfu, Evidence Evidence, string? Twin);

/// <summary>A layout that was more than a bound.</summary>
/// <param name="Step">Null where it was given up before a replay.</param>
/// <param name="Outcome">chosen, slower, bounded, does not fit.</param>
public sealed record CandidateOutcome(LayoutSpec Layout, Seconds Bound, Seconds? Step, Bytes? Peak, string Outcome, string Reason);

public enum FindingLevel
{
    Note,
    Warning,
}

/// <summary>A sentence that travels with the plan.</summary>
public sealed record Finding(FindingLevel Level, string Message);

/// <summary>The answer: decisions, what they cost, how they were proven, what else was near.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Inputs">Digests of the inputs.</param>
/// <param name="Model">Model.</param>
/// <param name="Machine">Machine.</param>
/// <param name="Stack">Software.</param>
/// <param name="Solver">How it was found; null for an estimate of a given placement.</param>
/// <param name="Layout">Degrees and choices.</param>
/// <param name="Stages">Layers on stages.</param>
/// <param name="Twin">The same plan under another schedule's name; null where there is none.</param>
/// <param name="Estimate">What it costs.</param>
/// <param name="Alternatives">Up to five that differ in degrees or schedule.</param>
/// <param name="TieSet">Everything within TieWithin of the step, the plan not included.</param>
/// <param name="TieWithin">Share of the step, for example 0.05.</param>
/// <param name="TensorCost">Best step found for each larger tensor-parallel degree, policy avoid; empty otherwise.</param>
/// <param name="Evidence">Evidence class.</param>
/// <param name="Rejected">Layouts removed, by reason, most first.</param>
/// <param name="Candidates">Layouts that were more than a bound.</param>
/// <param name="Findings">Notes and warnings.</param>
public sealed record Plan(
    PlanRequest Request,
    PlanInputs Inputs,
    ModelSpec Model,
    MachineSpec Machine,
    StackSpec Stack,
    SolverReport? Solver,
    LayoutSpec Layout,
    StagePlan Stages,
    string? Twin,
    Estimate Estimate,
    ImmutableArray<Alternative> Alternatives,
    ImmutableArray<Alternative> TieSet,
    double TieWithin,
    ImmutableArray<KeyValuePair<int, Seconds>> TensorCost,
    Evidence Evidence,
    ImmutableArray<KeyValuePair<string, long>> Rejected,
    ImmutableArray<CandidateOutcome> Candidates,
    ImmutableArray<Finding> Findings)
{
    /// <summary>Experts placed by their load; null where they lie in their order.</summary>
    public PlanExperts? Experts { get; init; }

    /// <summary>No step is below this on all nodes that are neither excluded nor kept back; null where no layout takes all of them.</summary>
    public Seconds? AllNodes { get; init; }

    /// <summary>What a GPU sends in a step, by kind.</summary>
    public ImmutableArray<TrafficRow> Traffic { get; init; } = [];

    /// <summary>Nodes of the cluster that the plan is on; null where it does not matter which.</summary>
    public NodePlacement? Nodes { get; init; }

    /// <summary>What a larger batch would buy; null where that was not asked or cannot run.</summary>
    public LargerBatch? LargerBatch { get; init; }

    /// <summary>How firm the plan's place is; null where nothing is uncertain or nothing is near.</summary>
    public Robustness? Robustness { get; init; }
}
