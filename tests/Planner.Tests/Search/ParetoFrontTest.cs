using NUnit.Framework;
using Planner.Cost;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>The traced front against every layout with every placement of small spaces.</summary>
internal sealed class ParetoFrontTest
{
    [Test]
    public void Run_SmallSpaces_IsTheTrueFront([Range(0, 11)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var expected = SpaceBruteForce.Front(model, space);
        var one = Trace(model, space, double.PositiveInfinity, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Costs(one), Is.EqualTo(expected));
            Assert.That(one.Complete, Is.True);

            // Where layers differ all points were found, but not each was proven.
            if (!model.Model.Shapes.Vary) Assert.That(one.Points.Select(point => point.Proven), Is.All.True);
            if (expected.Count > 0) Assert.That(one.OpenKib, model.Model.Shapes.Vary ? Is.LessThanOrEqualTo(expected[^1].Kib) : Is.EqualTo(expected[^1].Kib));
        }

        var two = Trace(model, space, double.PositiveInfinity, 2);
        Assert.That(two.Points.Select(Spelled), Is.EqualTo(one.Points.Select(Spelled)));
    }

    [Test]
    public void Run_StepLimited_EndsWithTheEmptiestWithinTheLimit([Range(0, 3)] int seed, [Values(0, 0.02, 0.3)] double increase)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var all = SpaceBruteForce.Front(model, space);
        var expected = all.Where(point => point.Step <= all[0].Step * (1 + increase));
        Assert.That(Costs(Trace(model, space, increase, 1)), Is.EqualTo(expected));
    }

    [Test]
    public void Run_Points_NoneDominatesAnother([Range(3, 8)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var points = Trace(model, space, double.PositiveInfinity, 1).Points;
        for (var i = 1; i < points.Count; i++)
            Assert.That((points[i].Makespan > points[i - 1].Makespan, points[i].Kib < points[i - 1].Kib), Is.EqualTo((true, true)));
        foreach (var point in points)
        {
            var problem = model.Problem(point.Layout, point.Layout.Schedule.Graph(point.Layout.Pipeline), space.MemoryLimit);
            var durations = new long[problem.Graph.Durations.Length];
            problem.FillDurations(point.Plan, durations);
            Assert.That(problem.Graph.Replay(durations, problem.Lag, new long[problem.Graph.Nodes]), Is.EqualTo(point.Makespan));
        }
    }

    [Test]
    public void LeastMemory_SmallSpaces_IsNoMoreThanAnyPlacementHolds([Range(0, 5)] int seed)
    {
        var (model, space) = SpaceBruteForceTest.Draw(seed);
        var memory = new LeastMemory(model, space);
        var layouts = CandidateTable.Score(model, space, 1, CancellationToken.None).Layouts;
        foreach (var scored in layouts)
        {
            var layout = scored.ToLayout(space, model.Workload.GlobalBatch);
            var problem = model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), space.MemoryLimit);
            Assert.That(memory.Kib(scored), Is.LessThanOrEqualTo(BruteForce.All(problem).Select(plan => plan.Kib).DefaultIfEmpty(long.MaxValue).Min()), $"{layout}");
        }
    }

    [Test]
    public void Run_Cancelled_HasOnePlanWithoutProof([Values] bool all)
    {
        var (model, space) = SpaceBruteForceTest.Draw(0);
        var table = CandidateTable.Score(model, space, 1, CancellationToken.None);
        var result = new ParetoFront(model, space, 1).Run(new LayoutOrder(table.Layouts), all, 1, null, new CancellationToken(true));
        Assert.That((result.Complete, result.Points.Count, result.Points[0].Proven), Is.EqualTo((false, 1, false)));
        Assert.That(result.Points[0].Bound, all ? Is.EqualTo(table.Layouts.Min(layout => layout.Bound)) : Is.Zero);
    }

    private static FrontResult Trace(CostModel model, SearchSpace space, double increase, int threads)
    {
        var table = CandidateTable.Score(model, space, threads, CancellationToken.None);
        return new ParetoFront(model, space, threads).Run(new LayoutOrder(table.Layouts), true, increase, null, CancellationToken.None);
    }

    private static IEnumerable<(long, long)> Costs(FrontResult result) => result.Points.Select(point => (point.Makespan, point.Kib));

    private static string Spelled(FrontPoint point) => $"{point.Layout} {string.Join(' ', point.Plan.Stages)} {point.Makespan} {point.Kib} {point.Bound}";
}
