using CsCheck;
using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Search.Experts;

namespace Planner.Tests.Search.Experts;

[TestFixture]
public sealed class ExpertPlacementTest
{
    private const double Rounding = 1e-9;

    // Experts, copies, ranks, blocks, units a block.
    private static readonly Gen<ExpertShape> Shapes = OneOf(
        new ExpertShape(4, 0, 2, 1, 1),
        new ExpertShape(6, 0, 2, 1, 1),
        new ExpertShape(6, 0, 3, 1, 1),
        new ExpertShape(8, 0, 2, 1, 1),
        new ExpertShape(8, 0, 4, 1, 1),
        new ExpertShape(8, 0, 4, 2, 1),
        new ExpertShape(8, 0, 4, 2, 2),
        new ExpertShape(8, 0, 2, 2, 2),
        new ExpertShape(8, 0, 8, 4, 1),
        new ExpertShape(8, 0, 4, 4, 1),
        new ExpertShape(4, 2, 2, 1, 1),
        new ExpertShape(3, 3, 3, 1, 1),
        new ExpertShape(4, 4, 4, 2, 1),
        new ExpertShape(4, 4, 2, 2, 2));

    private static readonly Gen<(ExpertShape Shape, double[] Loads)> Layers = Shapes.SelectMany(shape =>
        Gen.OneOf(
            Gen.Int[1, 100].Select(load => (double)load),
            Gen.Int[0, 12].Select(power => Math.Pow(2, power)),
            Gen.Int[5, 6].Select(load => (double)load),
            Gen.Double[0.001, 1]).Array[shape.Experts].Select(loads => (shape, loads)));

    [Test]
    public void SmallLayers_AgainstEveryPlacement() => Layers.Sample(
        layer =>
        {
            var (shape, loads) = layer;
            var coolest = EveryPlacement.Coolest(loads, shape) * shape.Ranks / loads.Sum();
            var placed = Of(shape, loads).Final().Result.Layers[0];
            Assert.That(placed.Bound, Is.LessThanOrEqualTo(coolest * (1 + Rounding)), $"the bound is one: {shape} {string.Join(" ", loads)}");
            Assert.That(placed.Factor, Is.GreaterThanOrEqualTo(coolest * (1 - Rounding)), "nothing is cooler than the coolest");
            if (placed.Proven) Assert.That(placed.Factor, Is.LessThanOrEqualTo(coolest * (1 + PlacedLayer.Within + Rounding)), "what is called proven is");
            if (placed.Factor <= placed.Bound * (1 + Rounding)) Assert.That(placed.Factor, Is.EqualTo(coolest).Within(Rounding));
            if (shape.Extra == 0) Assert.That(placed.Proven, "without copies so small a layer is always proven");
        },
        iter: 400,
        threads: 1);

    /// <summary>Sums of these loads depend on their order by a rounding error; the last rank must still be allowed to take all that is left.</summary>
    [Test]
    public void LoadsThatSumDifferentlyByOrder_AreStillPlaced()
    {
        var shape = new ExpertShape(8, 0, 2, 1, 1);
        double[] loads = [52, 59, 37, 5, 27, 47, 54, 0.3454611527635997];
        var placed = Of(shape, loads).Final().Result.Layers[0];
        var coolest = EveryPlacement.Coolest(loads, shape) * shape.Ranks / loads.Sum();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(placed.Bound, Is.LessThanOrEqualTo(coolest));
            Assert.That(placed.Factor, Is.EqualTo(coolest).Within(Rounding));
            Assert.That(placed.Proven);
        }
    }

    [Test]
    public void QuickPlacement_NeverBelowTheBound_NorCoolerThanTheFinal() => Layers.Sample(
        layer =>
        {
            var quick = Of(layer.Shape, layer.Loads);
            var (before, after) = (quick.Result.Layers[0], quick.Final().Result.Layers[0]);
            Assert.That(before.Factor, Is.GreaterThanOrEqualTo(before.Bound));
            Assert.That(after.Factor, Is.LessThanOrEqualTo(before.Factor));
            Assert.That(after.Bound, Is.GreaterThanOrEqualTo(before.Bound * (1 - Rounding)));
        },
        iter: 300,
        threads: 1);

    [Test]
    public void EveryPlacement_KeepsCountsAndUnits() => Gen.Select(Shapes, Gen.Int[0, int.MaxValue]).Sample(
        (shape, seed) =>
        {
            var loads = Loads(seed, shape.Experts);
            var placed = Of(shape, loads).Final().Result.Layers[0];
            Keeps(placed, shape);
            Assert.That(placed.Shares.Sum(), Is.EqualTo(1).Within(Rounding));
            Assert.That(placed.Shares.Max() * shape.Ranks, Is.EqualTo(placed.Factor).Within(Rounding).Or.LessThan(1));
        },
        iter: 200,
        threads: 1);

    [Test]
    public void LargeLayers_KeepGroupsOnTheirNodes([Values(16, 32, 64, 128, 256)] int ranks, [Values(1, 2, 4, 8)] int ranksInNode)
    {
        var shape = ExpertShape.Of(DeepSeek, 0, ranks, ranksInNode);
        var placed = Of(shape, Loads(7, 256)).Result.Layers[0];
        Keeps(placed, shape);
        var nodesOfGroup = Enumerable.Range(0, 8).Select(group => Enumerable.Range(0, ranks)
            .Where(rank => placed.Ranks[rank].Any(expert => expert / 32 == group)).Select(rank => rank / ranksInNode).Distinct().Count()).ToList();
        var experts = 256 * ranksInNode / ranks;
        Assert.That(nodesOfGroup, Is.All.EqualTo(Math.Max(1, 32 / experts)), "a group is on one node, or on as many as it fills");
    }

    [Test]
    public void Shape_FollowsTheRouter()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExpertShape.Of(DeepSeek, 0, 64, 8), Is.EqualTo(new ExpertShape(256, 0, 64, 8, 1)), "a group a node");
            Assert.That(ExpertShape.Of(DeepSeek, 64, 32, 8), Is.EqualTo(new ExpertShape(256, 64, 32, 4, 2)), "two groups a node");
            Assert.That(ExpertShape.Of(DeepSeek, 0, 256, 8), Is.EqualTo(new ExpertShape(256, 0, 256, 8, 1)), "a group on four nodes");
            Assert.That(ExpertShape.Of(DeepSeek, 0, 8, 8), Is.EqualTo(new ExpertShape(256, 0, 8, 1, 1)), "one node");
            Assert.That(ExpertShape.Of(DeepSeek with { Router = new RouterSpec(1, 1, GroupScore.Highest, false) }, 0, 64, 8), Is.EqualTo(new ExpertShape(256, 0, 64, 1, 1)), "no groups");
            Assert.That(ExpertShape.Of(DeepSeek with { Experts = 240, Router = new RouterSpec(3, 2, GroupScore.Highest, false) }, 0, 40, 8), Is.EqualTo(new ExpertShape(240, 0, 40, 5, 1)), "groups that nodes cut stay");
            Assert.That(ExpertShape.Of(DeepSeek with { Experts = 24, Router = new RouterSpec(3, 2, GroupScore.Highest, false) }, 0, 12, 8), Is.EqualTo(new ExpertShape(24, 0, 12, 12, 1)), "nodes that are not filled evenly");
        }
    }

    [Test]
    public void NamesOfExperts_DoNotChangeTheOptimum() => Gen.Select(OneOf(new ExpertShape(8, 0, 4, 1, 1), new ExpertShape(12, 0, 3, 1, 1)), Gen.Int[0, 10_000]).Sample(
        (shape, seed) =>
        {
            var loads = Loads(seed, shape.Experts);
            var random = new Random(seed);
            var others = loads.OrderBy(_ => random.Next()).ToArray();
            var (a, b) = (Of(shape, loads).Final().Result.Layers[0], Of(shape, others).Final().Result.Layers[0]);
            Assert.That(b.Factor, Is.EqualTo(a.Factor).Within(100 * PlacedLayer.Within).Percent);
            Assert.That(a.Proven && b.Proven);
        },
        iter: 100,
        threads: 1);

    [Test]
    public void SameLoads_SamePlacement()
    {
        var shape = new ExpertShape(256, 0, 64, 8, 1);
        var once = ExpertPlacement.Of(MeasuredLayers.Of(DeepSeekLoads.Layers), shape, 8).Final().Result;
        var again = ExpertPlacement.Of(MeasuredLayers.Of(DeepSeekLoads.Layers), shape, 8).Final().Result;
        Assert.That(again.Layers.SelectMany(layer => layer.Ranks.SelectMany(rank => rank)), Is.EqualTo(once.Layers.SelectMany(layer => layer.Ranks.SelectMany(rank => rank))));
        Assert.That(again.Layers.Select(layer => layer.Bound), Is.EqualTo(once.Layers.Select(layer => layer.Bound)));
    }

    [Test]
    public void ExactSearchAndSolver_Agree() => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            var loads = Loads(seed, 12).Select(load => Math.Ceiling(load * 100)).ToArray();
            var block = BlockPlacement.Of([.. Enumerable.Range(0, 12)], loads, 0, 3);
            var limit = long.MaxValue;
            var (searched, bound) = BlockSearch.Improve(block, 0, 1e-9, ref limit);
            var answer = GroupModel.Solve(block, 0, 10);
            var solved = answer.RankOf is { } rankOf ? Math.Min(block.Hottest, block.On(rankOf).Hottest) : block.Hottest;
            Assert.That(solved, Is.EqualTo(searched.Hottest).Within(100 * PlacedLayer.Within).Percent);
            Assert.That(bound, Is.EqualTo(searched.Hottest).Within(1e-6).Percent, "the exact search closes");
            Assert.That(answer.Bound, Is.LessThanOrEqualTo(searched.Hottest * (1 + Rounding)));
        },
        iter: 30,
        threads: 1);

    private static MoeSpec DeepSeek { get; } = new(256, 8, 2048, 2048, new RouterSpec(8, 4, GroupScore.TopTwoSum, true));

    private static ExpertPlacement Of(ExpertShape shape, double[] loads) =>
        ExpertPlacement.Of(new MeasuredLayers([new MeasuredLayer(3, [.. loads], [])]), shape, shape.Ranks);

    private static Gen<ExpertShape> OneOf(params ExpertShape[] shapes) => Gen.Int[0, shapes.Length - 1].Select(i => shapes[i]);

    private static double[] Loads(int seed, int experts)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, experts).Select(_ => Math.Exp(random.NextDouble() * 3))];
    }

    private static void Keeps(PlacedLayer placed, ExpertShape shape)
    {
        Assert.That(placed.Ranks, Has.Length.EqualTo(shape.Ranks));
        Assert.That(placed.Ranks.Select(rank => rank.Length), Is.All.EqualTo(shape.Slots));
        var items = placed.Ranks.SelectMany(rank => rank).ToArray();
        Assert.That(items.Distinct().Count(), Is.EqualTo(shape.Experts));
        var rankOf = placed.Ranks.SelectMany((rank, place) => rank.Select(_ => place)).ToArray();
        Assert.That(EveryPlacement.KeepsUnits(items, rankOf, shape), $"units of {shape}");
    }
}
