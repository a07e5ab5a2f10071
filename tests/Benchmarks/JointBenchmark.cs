using BenchmarkDotNet.Attributes;
using Planner.Planning;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>The joint model over the main job's survivors: layouts within 1 % of the best, with the cuts that the search found.</summary>
public class JointBenchmark
{
    private readonly List<JointCandidate> candidates = [];
    private MainJob job = null!;
    private SearchedLayout best = null!;
    private int hint;

    [GlobalSetup]
    public void Setup()
    {
        job = new MainJob();
        var layouts = CandidateTable.Score(job.Model, job.Space, 1, CancellationToken.None).Layouts.Where(layout => layout.Tensor == 1).ToList();
        layouts.Sort();
        var result = new LayoutSearch(job.Model, job.Space, 1).Run(layouts, PlanMaker.ReplayWithin, null, CancellationToken.None);
        best = result.Best!;
        var limit = best.Result!.Makespan * (1 + SpaceSearch.SurvivorShare);
        foreach (var searched in result.Searched)
        {
            if (!searched.HasPlan || searched.Result!.Makespan > limit) continue;
            if (ReferenceEquals(searched, best)) hint = candidates.Count;
            var bound = Math.Max(searched.Scored.Bound, Math.Min(searched.Root, best.Result.Makespan));
            candidates.Add(new JointCandidate(searched.Layout, searched.Problem, searched.Result.Cuts, (long)bound));
        }

        JointModel.WarmUp();
    }

    [Benchmark]
    public long Solve()
    {
        var result = JointModel.Solve(candidates, job.Space.Gpus, best.Result!.Makespan, hint, best.Result.Plan!, CancellationToken.None);
        return result.Status == ProofStatus.Optimal ? result.Makespan : throw new InvalidOperationException($"{result.Status}");
    }
}
