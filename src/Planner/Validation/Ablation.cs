using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Validation;

/// <summary>One term taken out of the cost model.</summary>
/// <param name="Name">What is left out or changed.</param>
/// <param name="Stack">The stack without it; null where the term is not the stack's.</param>
/// <param name="Machine">The machine without it; null where it is not the machine's.</param>
/// <param name="Step">The step without it; null where it is left out before.</param>
public sealed record AblatedTerm(
    string Name,
    Func<StackSpec, StackSpec>? Stack = null,
    Func<MachineSpec, MachineSpec>? Machine = null,
    Func<RunEstimated, Seconds>? Step = null);

/// <summary>What each term of the cost model contributes: the scores of a table with one term at a time left out.</summary>
/// <param name="Term">The term.</param>
/// <param name="Scores">Scores without it.</param>
public sealed record Ablation(AblatedTerm Term, Scoreboard Scores)
{
    // Rates so high that what they divide costs nothing.
    private const double Free = 1e12;
    private static readonly BytesPerSecond AnyBandwidth = BytesPerSecond.FromGigabytes(1e9);

    /// <summary>The terms, the whole model first.</summary>
    public static ImmutableArray<AblatedTerm> Terms { get; } =
    [
        new("nothing: the whole model"),
        new(
            "GEMMs at the data sheet's peak",
            stack => Gemms(stack, gemm => gemm with { Efficiency = 1, RampDepth = 0, Tiles = [new GemmTile(1, 1, 1)], Table = [] }),
            machine => machine with { Accelerator = machine.Accelerator with { SustainedClock = 1 } }),
        new("power limit (sustained clock 1)", Machine: machine => machine with { Accelerator = machine.Accelerator with { SustainedClock = 1 } }),
        new("waves of tiles", stack => Gemms(stack, gemm => gemm with { Tiles = [new GemmTile(1, 1, 1)] })),
        new("ramp of a tile", stack => Gemms(stack, gemm => gemm with { RampDepth = 0 })),
        new("element-wise kernels, optimizer", stack => Rates(stack, rates => rates with { MemoryEfficiency = Free })),
        new(
            "fused attention",
            stack => Rates(stack, rates => rates with { AttentionForward = FlopsPerSecond.FromTeraflops(Free), AttentionBackward = FlopsPerSecond.FromTeraflops(Free) })),
        new(
            "launches and host",
            stack => Rates(stack, rates => rates with { KernelLaunch = Seconds.Zero, GroupLaunch = Seconds.Zero, MoeLayerHost = Seconds.Zero }) with { Host = HostRates.Free, StepOverhead = Seconds.Zero }),
        new("accumulation of gradients", stack => stack with { AccumulationBytes = 0 }),
        new("tensor-parallel traffic", stack => stack with { Exposed = stack.Exposed with { TensorParallel = 0 } }),
        new("context-parallel traffic", stack => stack with { Exposed = stack.Exposed with { ContextParallel = 0, ContextParallelWindow = null } }),
        new("expert exchange", stack => stack with { Exposed = stack.Exposed with { ExpertParallel = 0, ExpertParallelWindow = null } }),
        new("gradient traffic", stack => stack with { Exposed = stack.Exposed with { GradientSync = 0, GradientSyncWindow = null } }),
        new("sharded traffic (ZeRO-2, ZeRO-3)", stack => stack with { Exposed = stack.Exposed with { ShardedSync = 0, ShardedSyncWindow = null } }),
        new(
            "overlap of traffic (all shows)",
            stack => stack with
            {
                Exposed = new ExposedShares(1, 1, 1, 1, 1),
            }),
        new(
            "network (free)",
            Machine: machine => machine with { Network = machine.Network with { LinkBandwidth = AnyBandwidth, EffectiveBandwidth = AnyBandwidth, Latency = Seconds.Zero, Tiers = [] } }),
        new("bubble of the pipeline", Step: run => new Seconds(run.Estimate.Step.Value - run.Estimate.Parts.Bubble.Value)),
    ];

    /// <summary>Scores of a table without each of the terms.</summary>
    public static ImmutableArray<Ablation> Of(RunTable table, RunEstimator estimator) =>
        [.. Terms.Select(term => new Ablation(term, Scoreboard.Of(Results(term, estimator.Estimate(table.Runs, term.Stack, term.Machine)))))];

    private static IEnumerable<RunResult> Results(AblatedTerm term, ImmutableArray<RunResult> results) => term.Step is { } step
        ? results.Select(result => result is RunEstimated run ? run with { Estimate = run.Estimate with { Step = step(run) } } : result)
        : results;

    private static StackSpec Rates(StackSpec stack, Func<ArchitectureRates, ArchitectureRates> change) => stack with { Rates = [.. stack.Rates.Select(change)] };

    private static StackSpec Gemms(StackSpec stack, Func<GemmRates, GemmRates> change) => Rates(
        stack,
        rates => rates with { Gemm = rates.Gemm.ToImmutableDictionary(entry => entry.Key, entry => change(entry.Value)) });
}
