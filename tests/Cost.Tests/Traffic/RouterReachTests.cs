using CsCheck;
using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Cost.Traffic;

namespace Planner.Cost.Tests.Traffic;

/// <summary>Expected values come from simulations and formulas outside this code.</summary>
[TestFixture]
public sealed class RouterReachTests
{
    /// <summary>Three standard errors of the sampling and of the table's own 200,000 tokens.</summary>
    private const double Sampled = 0.012;

    private static MoeSpec Limited(int limit) =>
        TestModels.DeepSeekV3.Moe! with { Router = new RouterSpec(8, limit, GroupScore.TopTwoSum, true) };

    /// <summary>Ranks at this degree; with 8 GPUs a node also nodes at 8 times the degree: at EP128 the limit of four groups is one of 5.73 nodes.</summary>
    [TestCase(8, 3.953)]
    [TestCase(16, 5.729)]
    [TestCase(32, 6.854)]
    [TestCase(64, 7.488)]
    [TestCase(128, 7.824)]
    [TestCase(256, 8.000)]
    public void V3_ranks(int parts, double expected) =>
        Assert.That(RouterReach.Expected(TestModels.DeepSeekV3.Moe!, [parts])[0], Is.EqualTo(expected).Within(Sampled));

    [TestCase(1, 1.000, 5.638)]
    [TestCase(2, 2.000, 6.807)]
    [TestCase(3, 2.999, 7.275)]
    [TestCase(4, 3.953, 7.488)]
    [TestCase(5, 4.676, 7.593)]
    [TestCase(6, 5.059, 7.643)]
    [TestCase(7, 5.229, 7.665)]
    [TestCase(8, 5.292, 7.673)]
    public void V3_with_other_limits(int limit, double nodes, double ranks)
    {
        var reached = RouterReach.Expected(Limited(limit), [8, 64]);
        Assert.That(reached[0], Is.EqualTo(nodes).Within(Sampled));
        Assert.That(reached[1], Is.EqualTo(ranks).Within(Sampled));
    }

    [Test]
    public void V2_devices_are_exact() =>
        Assert.That(RouterReach.Expected(TestModels.DeepSeekV2.Moe!, [8])[0], Is.EqualTo(2.995).Within(0.0006));

    private static IEnumerable<TestCaseData> Unlimited()
    {
        yield return new TestCaseData(Limited(8), 8, 5.2947).SetArgDisplayNames(nameof(TestModels.DeepSeekV3), "8 parts");
        yield return new TestCaseData(Limited(8), 64, 7.6758).SetArgDisplayNames(nameof(TestModels.DeepSeekV3), "64 parts");
        yield return new TestCaseData(TestModels.KimiK2.Moe!, 8, 5.280).SetArgDisplayNames(nameof(TestModels.KimiK2), "8 parts");
        yield return new TestCaseData(TestModels.KimiK2.Moe!, 64, 7.642).SetArgDisplayNames(nameof(TestModels.KimiK2), "64 parts");
        yield return new TestCaseData(TestModels.KimiK2.Moe!, 16, 6.499).SetArgDisplayNames(nameof(TestModels.KimiK2), "16 parts");
        yield return new TestCaseData(TestModels.Qwen3With235B.Moe!, 8, 5.339).SetArgDisplayNames(nameof(TestModels.Qwen3With235B), "8 parts");
        yield return new TestCaseData(TestModels.Qwen3With235B.Moe!, 32, 7.359).SetArgDisplayNames(nameof(TestModels.Qwen3With235B), "32 parts");
        yield return new TestCaseData(TestModels.Qwen3With235B.Moe!, 4, 3.629).SetArgDisplayNames(nameof(TestModels.Qwen3With235B), "4 parts");
        yield return new TestCaseData(TestModels.Glm45.Moe!, 4, 3.623).SetArgDisplayNames(nameof(TestModels.Glm45), "4 parts");
        yield return new TestCaseData(TestModels.Glm45.Moe!, 32, 7.322).SetArgDisplayNames(nameof(TestModels.Glm45), "32 parts");
        yield return new TestCaseData(TestModels.Mixtral8x7B.Moe!, 8, 2.0).SetArgDisplayNames(nameof(TestModels.Mixtral8x7B), "8 parts");
        yield return new TestCaseData(new MoeSpec(128, 4, 2880, 0, new RouterSpec(1, 1, GroupScore.Highest, false)), 8, 3.342)
            .SetArgDisplayNames("gpt-oss-120b", "8 parts");
    }

    [TestCaseSource(nameof(Unlimited))]
    public void Unlimited_routers_follow_the_closed_formula(MoeSpec moe, int parts, double expected) =>
        Assert.That(RouterReach.Expected(moe, [parts])[0], Is.EqualTo(expected).Within(0.0006));

    /// <summary>Every token of a small router, each order of its experts' scores equally likely: no sampling, no formula.</summary>
    [TestCase(6, 3, 2, 3)]
    [TestCase(6, 3, 2, 4)]
    [TestCase(6, 3, 1, 2)]
    [TestCase(6, 2, 1, 3)]
    [TestCase(6, 6, 4, 3)]
    [TestCase(6, 2, 2, 3)]
    public void Highest_score_agrees_with_all_orders(int experts, int groups, int limit, int topK)
    {
        var moe = new MoeSpec(experts, topK, 1, 0, new RouterSpec(groups, limit, GroupScore.Highest, false));
        var reach = RouterReach.Of(moe);
        for (int parts = 1; parts <= experts; parts++)
            Assert.That(reach.Parts(parts), Is.EqualTo(AllOrders(moe, parts)).Within(1e-12), $"{parts} parts");
    }

    /// <summary>Blocks that cut groups, against the rule played out on all experts' scores.</summary>
    [TestCase(5)]
    [TestCase(12)]
    [TestCase(20)]
    public void Blocks_need_not_fit_the_groups(int parts)
    {
        var moe = TestModels.DeepSeekV2.Moe!;
        foreach (var score in new[] { GroupScore.Highest, GroupScore.TopTwoSum })
        {
            var scored = moe with { Router = moe.Router with { Score = score } };
            Assert.That(RouterReach.Expected(scored, [parts])[0], Is.EqualTo(Played(scored, parts, 10_000)).Within(0.035), $"{score}");
        }
    }

    [Test]
    public void Reach_grows_with_parts_and_stays_in_its_bounds() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[2, 8], Gen.Int[1, 8], Gen.Bool).Where(t => t.Item1 <= t.Item2 && t.Item4 <= t.Item1 * t.Item3)
            .Sample(
                (limit, groups, size, topK, sum) =>
                {
                    var router = new RouterSpec(groups, limit, sum ? GroupScore.TopTwoSum : GroupScore.Highest, false);
                    int experts = groups * size;
                    var reach = RouterReach.Of(new MoeSpec(experts, topK, 1, 0, router));
                    double byGroup = reach.Parts(groups);
                    return Math.Abs(reach.Parts(1) - 1) < 1e-9
                        && Math.Abs(reach.Parts(experts) - topK) < 1e-9
                        && byGroup <= Math.Min(topK, limit) + 1e-9
                        && Math.Abs(reach.Parts(3 * experts) - topK) < 1e-9
                        && (experts % (2 * groups) != 0 || reach.Parts(2 * groups) >= byGroup - 1e-9);
                },
                iter: 60,
                threads: 1);

    [Test]
    public void Same_numbers_every_time()
    {
        int[] parts = [8, 16, 64];
        var once = RouterReach.Expected(Limited(4), parts);
        var again = RouterReach.Expected(Limited(4), parts);
        Assert.That(again, Is.EqualTo(once));
    }

    [Test]
    public void Impossible_routers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RouterReach.Of(new MoeSpec(10, 2, 1, 0, new RouterSpec(4, 2, GroupScore.Highest, false))));
        Assert.Throws<ArgumentException>(() => RouterReach.Of(new MoeSpec(16, 9, 1, 0, new RouterSpec(4, 2, GroupScore.Highest, false))));
        Assert.Throws<ArgumentException>(() => RouterReach.Of(new MoeSpec(16, 2, 1, 0, new RouterSpec(4, 5, GroupScore.Highest, false))));
    }

    private static double AllOrders(MoeSpec moe, int parts)
    {
        long reached = 0;
        long orders = 0;
        var scores = new double[moe.Experts];
        Permute(0, new bool[moe.Experts]);
        return reached / (double)orders;

        void Permute(int expert, bool[] used)
        {
            if (expert == moe.Experts)
            {
                reached += Reached(moe, scores, parts);
                orders++;
                return;
            }

            for (int score = 0; score < moe.Experts; score++)
            {
                if (used[score])
                    continue;
                used[score] = true;
                scores[expert] = score;
                Permute(expert + 1, used);
                used[score] = false;
            }
        }
    }

    private static double Played(MoeSpec moe, int parts, int tokens)
    {
        var random = new Random(7);
        var scores = new double[moe.Experts];
        long reached = 0;
        for (int token = 0; token < tokens; token++)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] = random.NextDouble();
            reached += Reached(moe, scores, parts);
        }

        return reached / (double)tokens;
    }

    private static int Reached(MoeSpec moe, double[] scores, int parts)
    {
        int size = moe.Experts / moe.Router.Groups;
        int best = moe.Router.Score == GroupScore.TopTwoSum ? 2 : 1;
        return Enumerable.Range(0, moe.Router.Groups)
            .OrderByDescending(group => scores[(group * size)..((group + 1) * size)].OrderDescending().Take(best).Sum())
            .Take(moe.Router.GroupLimit)
            .SelectMany(group => Enumerable.Range(group * size, size))
            .OrderByDescending(expert => scores[expert])
            .Take(moe.TopK)
            .Select(expert => Enumerable.Range(0, parts).First(part => expert < (part + 1) * moe.Experts / parts))
            .Distinct()
            .Count();
    }
}
