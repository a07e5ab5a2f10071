using BenchmarkDotNet.Attributes;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>One step of the published layout (DualPipe, 16 ranks folded to 8, 120 micro-batches), replayed. Wanted: 100 us, no allocation.</summary>
[MemoryDiagnoser]
public class ReplayBenchmark
{
    private PlacementProblem problem = null!;
    private long[] durations = [];
    private long[] end = [];

    [GlobalSetup]
    public void Setup()
    {
        problem = new MainJob().Problem;
        durations = new long[problem.Graph.Durations.Length];
        end = new long[problem.Graph.Nodes];
        problem.FillDurations(PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None).Plan!, durations);
    }

    [Benchmark]
    public long Replay() => problem.Graph.Replay(durations, problem.Lag, end);
}
