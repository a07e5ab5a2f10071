using NUnit.Framework;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Recompute policies that are left out, against every placement with every policy on every stage.</summary>
internal sealed class NeededLevelsTest
{
    private const int Draws = 20;

    [TestCase("dualpipev 2 1 6")]
    [TestCase("zbv 2 1 6")]
    [TestCase("interleaved 2 2 4")]
    [TestCase("1f1b 2 1 4")]
    public void Of_PoliciesWorseThanOthers_AreLeftOutAndTheOptimumStays(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < Draws; seed++)
        {
            var random = new Random(seed);
            var drawn = RandomProblem.DrawLevels(graph, seed);
            var all = drawn.Levels;
            for (var i = 0; i < 2; i++) all = all.Insert(random.Next(all.Length + 1), Worse(all[random.Next(all.Length)], random));
            var needed = NeededLevels.Of(all);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(needed, Has.Length.AtMost(drawn.Levels.Length), $"seed {seed}");
                Assert.That(BruteForce.Solve(drawn with { Levels = [.. needed.Select(level => all[level])] }), Is.EqualTo(BruteForce.Solve(drawn with { Levels = all })), $"seed {seed}");
            }
        }
    }

    [Test]
    public void Of_EqualPolicies_TheFirst()
    {
        var levels = RandomProblem.DrawLevels(RandomProblem.Graph("1f1b 2 1 4"), 3).Levels;
        Assert.That(NeededLevels.Of([levels[0], levels[0], levels[0]]), Is.EqualTo((int[])[0]));
        Assert.That(NeededLevels.Of([]), Is.Empty);
    }

    [Test]
    public void Of_LeanerButSlower_IsNeeded()
    {
        var level = RandomProblem.DrawLevels(RandomProblem.Graph("1f1b 2 1 4"), 3).Levels[0];
        var slower = level with { Moe = level.Moe with { BackwardInput = level.Moe.BackwardInput + 1 } };
        var leaner = slower with { Moe = slower.Moe with { ActivationKib = slower.Moe.ActivationKib - 1 } };
        var forTheHead = slower with { HeadTransientKib = slower.HeadTransientKib - 1 };
        Assert.That(NeededLevels.Of([level, slower, leaner, forTheHead]), Is.EqualTo((int[])[0, 2, 3]));
    }

    // No shorter and no emptier in anything; now and then exactly the same.
    private static RecomputeLevel Worse(RecomputeLevel level, Random random)
    {
        var same = random.Next(4) == 0;
        long More(long value, int most) => same ? value : value + random.Next(most);
        ItemCost Of(ItemCost item)
        {
            var (input, weight, forward) = (More(item.BackwardInput, 200), More(item.Weight, 50), More(item.Forward, 50));
            return item with
            {
                Forward = forward,
                BackwardInput = input,
                Weight = weight,
                PairBackwardCompute = More(item.PairBackwardCompute, 200),
                Update = More(item.Update, 20),
                ActivationKib = More(item.ActivationKib, 100),

                // What is computed again may all be hidden, but no more than that.
                HiddenForward = item.HiddenForward + forward - item.Forward,
                HiddenBackward = item.HiddenBackward + input + weight - item.BackwardInput - item.Weight,
            };
        }

        return level with
        {
            Dense = Of(level.Dense),
            Moe = Of(level.Moe),
            MtpOnLast = Of(level.MtpOnLast),
            MtpBeforeLast = Of(level.MtpBeforeLast),
            TransientKib = More(level.TransientKib, 50),
            HeadTransientKib = More(level.HeadTransientKib, 50),
        };
    }
}
