using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Layers by kind against placements that count them one by one.</summary>
internal sealed class LayerGroupsTest
{
    private static readonly string[] Schedules = ["interleaved 2 3 4", "interleaved 3 2 6", "zbv 3 1 8", "1f1b 4 1 6"];

    [TestCaseSource(nameof(Schedules))]
    public void Of_AnyPlacement_HasTheDurationsOfItsLayers(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        var byKind = 0;
        foreach (var (problem, groups, plan) in Placements(schedule))
        {
            var durations = new long[graph.Durations.Length];
            var filled = new long[graph.Durations.Length];
            problem.FillDurations(plan, durations);
            new StageLines(problem, groups).Fill(groups.Of(plan.Stages.AsSpan()), Place(plan), 1, filled);
            Assert.That(filled, Is.EqualTo(durations));
            byKind++;
        }

        Assert.That(byKind, Is.GreaterThan(50), "placements of few kinds");
    }

    [TestCaseSource(nameof(Schedules))]
    public void Along_AnyPlacement_LiesBetweenTheLimits(string schedule)
    {
        foreach (var (_, groups, plan) in Placements(schedule))
        {
            var held = groups.Of(plan.Stages.AsSpan()).Held;
            for (var group = 0; group < groups.Count; group++)
            {
                Assert.That(held[group].Sum(), Is.EqualTo(groups.Total(group)));
                foreach (var (slope, least, most) in groups.Along(group))
                    for (var end = 1; end <= held[group].Length; end++)
                        Assert.That(held[group].Take(end).Sum() - (slope * held.Sum(layers => layers.Take(end).Sum())), Is.InRange(least - 1e-9, most + 1e-9));
            }
        }
    }

    [TestCaseSource(nameof(Schedules))]
    public void Round_WholeLayers_IsThePlacement(string schedule)
    {
        foreach (var (problem, groups, plan) in Placements(schedule))
        {
            int[] layers = [.. plan.Stages.Select(stage => stage.Dense + stage.Moe)];
            Assert.That(groups.Of(plan.Stages.AsSpan()).Round(problem, Place(plan), 0.5)?.Layers, Is.EqualTo(layers));
        }
    }

    [TestCase(0.5)]
    [TestCase(0)]
    public void Round_Fractions_IsNoFurtherThanALayer(double up)
    {
        var graph = RandomProblem.Graph("interleaved 2 3 4");
        var problem = RandomProblem.DrawSequence(graph, 1);
        StageFractions[] some = [.. BruteForce.Placements(problem).Where(plan => Place(plan) == 0).Select(plan => new LayerGroups(problem).Of(plan.Stages.AsSpan()))];
        var rounded = 0;
        for (var i = 1; i < some.Length; i += 3)
        {
            var between = some[i].Towards(some[i - 1], 0.3);
            if (between.Round(problem, 0, up) is not { } counts) continue;
            rounded++;
            Assert.That(counts.Layers.Sum(), Is.EqualTo(problem.DenseLayers + problem.MoeLayers));
            foreach (var stages in graph.StagesOfRank)
                for (var end = 1; end < stages.Length; end++)
                    Assert.That(stages.Take(end).Sum(stage => counts.Layers[stage] - between.Layers(stage)), Is.InRange(-1.0, 1.0));
        }

        Assert.That(rounded, Is.GreaterThan(10));
    }

    private static int Place(StagePlan plan) => plan.Stages[^1].Mtp > 0 || plan.Stages.All(stage => stage.Mtp == 0) ? 0 : 1;

    // Of sequences of few kinds.
    private static IEnumerable<(PlacementProblem Problem, LayerGroups Groups, StagePlan Plan)> Placements(string schedule)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var problem = RandomProblem.DrawSequence(RandomProblem.Graph(schedule), seed);
            var groups = new LayerGroups(problem);
            if (!groups.Kinds) continue;
            foreach (var plan in BruteForce.Placements(problem).Where((_, i) => i % 5 == 0).Take(60)) yield return (problem, groups, plan);
        }
    }
}
