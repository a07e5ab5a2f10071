using BenchmarkDotNet.Attributes;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>The exact placement of the published layout's 61 layers. Wanted: 100 ms.</summary>
public class PlacementBenchmark
{
    private PlacementProblem problem = null!;

    [GlobalSetup]
    public void Setup() => problem = new MainJob().Problem;

    [Benchmark]
    public long Solve()
    {
        var result = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None);
        return result.Proven ? result.Makespan : throw new InvalidOperationException("not proven");
    }

    [Benchmark]
    public long RootBound() => PlacementSearch.RootBound(problem);
}
