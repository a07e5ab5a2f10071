using BenchmarkDotNet.Attributes;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Benchmarks;

/// <summary>The front of step time against memory of the main job in a warm process, two threads.</summary>
[MemoryDiagnoser]
public class FrontBenchmark
{
    /// <summary>Share above the fastest step up to which plans are on the front.</summary>
    [Params(0.5)]
    public double StepIncrease { get; set; }

    [Benchmark]
    public PlanOutcome Front() => new PlanMaker().Solve(
        MainJob.Request(2) with { Objective = Objective.Pareto, StepIncrease = StepIncrease }, new Silent(), CancellationToken.None) as FrontFound
        ?? throw new InvalidOperationException("no front");
}
