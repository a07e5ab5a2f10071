using BenchmarkDotNet.Attributes;
using Planner.Planning;

namespace Planner.Benchmarks;

/// <summary>The main job in a warm process, from the files to the plan.</summary>
[MemoryDiagnoser]
public class SolveBenchmark
{
    [Params(1, 2)]
    public int Threads { get; set; }

    [Benchmark]
    public PlanOutcome Solve() => new PlanMaker().Solve(MainJob.Request(Threads), new Silent(), CancellationToken.None) as PlanFound
        ?? throw new InvalidOperationException("no plan");
}
