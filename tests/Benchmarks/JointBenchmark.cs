using BenchmarkDotNet.Attributes;
using Planner.Planning;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>The joint model over the main job's survivors: layouts whose root bound is within 1 % of the best, with the cuts that the search found.</summary>
public class JointBenchmark
{
    private List<JointCandidate> candidates = [];
    private MainJob job = null!;
    private SearchedLayout best = null!;
    private int hint;

    [GlobalSetup]
    public void Setup()
    {
        job = new MainJob();
        var layouts = CandidateTable.Score(job.Model, job.Space, 1, CancellationToken.None).ByTensor.First().One;
        var result = new LayoutSearch(job.Model, job.Space, 1).Run(new LayoutOrder(layouts), [], PlanMaker.ReplayWithin, false, null, CancellationToken.None);
        best = result.Best!;
        (candidates, hint) = SpaceSearch.Survivors(result, audit: false);
        JointModel.WarmUp();
    }

    [Benchmark]
    public long Solve()
    {
        var result = JointModel.Solve(candidates, job.Space.Gpus, best.Result!.Makespan, hint, best.Result.Plan!, CancellationToken.None);
        return result.Status == ProofStatus.Optimal ? result.Makespan : throw new InvalidOperationException($"{result.Status}");
    }
}
