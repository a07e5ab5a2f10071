using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Searches that end before they are done: what was found until then, and nothing claimed of the rest.</summary>
internal sealed class CutShortTest
{
    [Test]
    public void Score_Cancelled_Throws()
    {
        var (model, space) = SpaceBruteForceTest.Draw(0);
        Assert.That(() => CandidateTable.Score(model, space, 2, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void ScoreSoFar_Cancelled_IsNotComplete([Values(1, 2)] int threads)
    {
        var (model, space) = SpaceBruteForceTest.Draw(0);
        var table = CandidateTable.ScoreSoFar(model, space, threads, new CancellationToken(true));
        Assert.That((table.Complete, table.Layouts.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void First_LayoutsThatFit_IsAPlanThatReplaysToItsStep([Range(0, 5)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var layouts = new LayoutOrder(CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts);
        var first = new LayoutSearch(model, space, 1).First(layouts, TimeSpan.FromMinutes(1), CancellationToken.None);
        var best = SpaceBruteForce.Best(model, space, space.Tensor).Step;
        Assert.That(first is null, Is.EqualTo(best == long.MaxValue));
        if (first is null) return;
        Assert.That(Replayed(first), Is.EqualTo(first.Result!.Makespan).And.AtLeast(best));
        for (var rank = 0; rank < first.Problem.Graph.Ranks; rank++)
            Assert.That(first.Problem.RankMemoryKib(rank, first.Result.Plan!), Is.LessThanOrEqualTo(first.Problem.LimitKib));
    }

    [Test]
    public void Run_CutShortAtAReport_KeepsTheBestAndABoundBelowTheOptimum([Range(0, 5)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        using var stop = new CancellationTokenSource();
        var table = CandidateTable.Score(model, space, 1, CancellationToken.None);
        var search = new LayoutSearch(model, space, 1);
        var result = search.Run(new LayoutOrder(table.One), new LayoutOrder(table.PerStage), 0.05, true, (_, best, _) => Stop(stop, best), stop.Token);
        if (!stop.IsCancellationRequested) return;
        var best = SpaceBruteForce.Best(model, space, space.Tensor).Step;
        Assert.That((result.Complete, result.Best is null), Is.EqualTo((false, false)));
        Assert.That(result.Best!.Result!.Makespan, Is.AtLeast(best));
        Assert.That(result.Bound, Is.AtMost(best));
    }

    [Test]
    public void First_Cancelled_IsNull()
    {
        var (model, space) = SpaceBruteForceTest.Draw(0);
        var layouts = new LayoutOrder(CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts);
        Assert.That(new LayoutSearch(model, space, 1).First(layouts, TimeSpan.FromMinutes(1), new CancellationToken(true)), Is.Null);
    }

    // What a cancelled search says of a placement must hold, however early it was cancelled.
    [Test]
    public void Solve_Cancelled_IsAPlacementOrNoneAndABoundBelowTheOptimum([Range(0, 5)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var search = new LayoutSearch(model, space, 1);
        foreach (var scored in CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts.Take(20))
        {
            // A graph of its own, so that its rank cuts are not known yet.
            var problem = new LayoutProblems(model, space).Of(scored.ToLayout(space, model.Workload.GlobalBatch));
            var best = search.Search(scored.ToLayout(space, model.Workload.GlobalBatch), long.MaxValue, CancellationToken.None).Result!.Makespan;
            var cut = PlacementSearch.Solve(problem, long.MaxValue, new CancellationToken(true));
            Assert.That((cut.Plan is null, cut.Bound <= best, cut.Makespan >= best), Is.EqualTo((true, true, true)));
            Assert.That(PlacementSearch.RootBound(problem, long.MaxValue, new CancellationToken(true)), Is.Zero);
            Assert.That(PlacementSearch.RootBound(problem), Is.Positive, "a cancelled call leaves nothing half done behind");
        }
    }

    private static void Stop(CancellationTokenSource stop, long best)
    {
        if (best < long.MaxValue) stop.Cancel();
    }

    private static long Replayed(SearchedLayout layout)
    {
        var problem = layout.Problem;
        var durations = new long[problem.Graph.Durations.Length];
        problem.FillDurations(layout.Result!.Plan!, durations);
        return problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]);
    }
}
