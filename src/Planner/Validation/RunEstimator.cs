using System.Collections.Concurrent;
using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Validation;

/// <summary>
/// Estimates measured runs, each with its own settings. A row is understood once; asked again, with another stack or not, only the estimate is made.
/// Any thread may ask.
/// </summary>
public sealed class RunEstimator
{
    private readonly ConcurrentDictionary<MeasuredRun, Found<RunSetup>> setups = new(ReferenceEqualityComparer.Instance);
    private readonly BuiltPipelines pipelines = new();
    private readonly RunReader reader;

    /// <param name="catalogs">Models, machines, stacks.</param>
    /// <param name="stack">Stack of every row; null for each row's own.</param>
    public RunEstimator(RunCatalogs catalogs, string? stack = null) => reader = new RunReader(catalogs, stack, pipelines);

    /// <summary>Estimates a row.</summary>
    /// <param name="run">The row.</param>
    /// <param name="adjust">Changes the row's stack before the row's own choices apply; null for none.</param>
    /// <param name="machine">Changes the row's machine; null for none.</param>
    public RunResult Estimate(MeasuredRun run, Func<StackSpec, StackSpec>? adjust = null, Func<MachineSpec, MachineSpec>? machine = null)
    {
        var setup = setups.GetOrAdd(run, reader.Read);
        return setup.Value is { } known ? Estimated(run, known, adjust, machine) : new RunSkipped(run, setup.Reason!);
    }

    /// <summary>Estimates rows side by side; results in their order.</summary>
    public ImmutableArray<RunResult> Estimate(
        ImmutableArray<MeasuredRun> runs, Func<StackSpec, StackSpec>? adjust = null, Func<MachineSpec, MachineSpec>? machine = null)
    {
        var results = new RunResult[runs.Length];
        Parallel.For(0, runs.Length, i => results[i] = Estimate(runs[i], adjust, machine));
        return [.. results];
    }

    private RunEstimated Estimated(MeasuredRun run, RunSetup setup, Func<StackSpec, StackSpec>? adjust, Func<MachineSpec, MachineSpec>? machine)
    {
        var costs = setup.Costs(adjust, machine);
        var estimate = new StepEstimator(costs, setup.Layout, setup.Placement.Plan, pipelines.Of(setup.Layout)).Estimate();
        var fullest = estimate.Fullest;
        return new RunEstimated(
            run,
            setup.Stack.Name,
            setup.Layout,
            setup.Placement,
            (double)setup.Workload.GlobalBatch * setup.Workload.SequenceLength,
            estimate,
            Counted(run.MemoryKind, fullest, costs.Stack.Memory.Reserve),
            setup.Defaulted);
    }

    // What a framework's allocator holds lies between the tensors and the device: fragments are in it, contexts and other libraries' buffers are not.
    private static Bytes Counted(MemoryKind? kind, RankMemory memory, Bytes reserve) => kind switch
    {
        MemoryKind.Allocated => memory.Total - memory.Reserve,
        MemoryKind.Reserved => memory.Total - reserve,
        _ => memory.Total,
    };
}
