using BenchmarkDotNet.Attributes;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>Twenty turns of the search over stages: linear programmes, walks and replays of DeepSeek-V3's 61 layers on 16 ranks of three chunks.</summary>
public class StageSearchBenchmark
{
    private const long Nodes = 2_500;
    private PlacementProblem problem = null!;
    private PlacementResult known = null!;

    [GlobalSetup]
    public void Setup()
    {
        var job = new MainJob();
        var layout = job.Published with { Degrees = new Degrees(64, 1, 16, 64, 1, 3), MicroBatches = 240, Schedule = ScheduleCatalog.Find("interleaved")! };
        problem = job.Model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), job.Space.MemoryLimit) with { LimitKib = long.MaxValue / 8 };
        known = PlacementSearch.Solve(problem, long.MaxValue, 0, CancellationToken.None);
    }

    [Benchmark]
    public long Turns() => PlacementSearch.ByStages(problem, known, known.Makespan, [], CancellationToken.None).Continue(known.Makespan, Nodes).Bound;
}
