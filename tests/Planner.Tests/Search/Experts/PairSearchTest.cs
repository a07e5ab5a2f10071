using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Search.Experts;

namespace Planner.Tests.Search.Experts;

[TestFixture]
public sealed class PairSearchTest
{
    [Test]
    public void Across_CountsPairsBetweenNodes()
    {
        ImmutableArray<int>[] ranks = [[0, 1], [2, 3], [4, 5], [6, 7]];
        ExpertPair[] pairs = [new(0, 1, 1), new(0, 2, 2), new(0, 4, 4), new(3, 7, 8)];
        Assert.That(PairSearch.Across([.. ranks.Select(rank => (IReadOnlyList<int>)rank)], pairs, 2), Is.EqualTo(12));
        Assert.That(PairSearch.Across([.. ranks.Select(rank => (IReadOnlyList<int>)rank)], pairs, 1), Is.EqualTo(14));
        Assert.That(PairSearch.Across([.. ranks.Select(rank => (IReadOnlyList<int>)rank)], pairs, 4), Is.Zero);
    }

    [Test]
    public void EvenLoads_PlantedCommunities_AreFound()
    {
        // Experts i and i + 8 k belong together; every expert is as busy as the others.
        var pairs = Enumerable.Range(0, 32).SelectMany(a => Enumerable.Range(a + 1, 31 - a).Where(b => b % 8 == a % 8).Select(b => new ExpertPair(a, b, 1 + (a % 3)))).ToImmutableArray();
        var placed = Place([.. Enumerable.Repeat(1.0, 32)], pairs, new ExpertShape(32, 0, 16, 1, 1), 2);
        Assert.That(placed.Pairs!.Before, Is.GreaterThan(0));
        Assert.That(placed.Pairs.After, Is.Zero);
        Assert.That(placed.Factor, Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void AnyLoads_PairsGain_AndNoRankBecomesMuchHotter([Range(0, 9)] int seed)
    {
        var random = new Random(seed);
        double[] loads = [.. Enumerable.Range(0, 64).Select(_ => Math.Exp(random.NextDouble()))];
        var pairs = Enumerable.Range(0, 300).Select(_ => (A: random.Next(64), B: random.Next(64))).Where(pair => pair.A < pair.B).Distinct()
            .Select(pair => new ExpertPair(pair.A, pair.B, random.NextDouble())).ToImmutableArray();
        var shape = new ExpertShape(64, 0, 16, 1, 1);
        var alone = Place(loads, [], shape, 4);
        var placed = Place(loads, pairs, shape, 4);
        var nodeOf = placed.Ranks.SelectMany((rank, place) => rank.Select(expert => (expert, place / 4))).ToDictionary();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(placed.Pairs!.After, Is.LessThan(placed.Pairs.Before));
            Assert.That(placed.Pairs.After, Is.EqualTo(pairs.Where(pair => nodeOf[pair.A] != nodeOf[pair.B]).Sum(pair => pair.Weight)).Within(1e-9), "counted again");
            Assert.That(placed.Factor, Is.LessThanOrEqualTo(alone.Factor * (1 + PairSearch.Allowed + 1e-9)));
            Assert.That(placed.Bound, Is.EqualTo(alone.Bound).Within(1e-9));
            Assert.That(nodeOf, Has.Count.EqualTo(64));
            Assert.That(placed.Ranks.Select(rank => rank.Length), Is.All.EqualTo(4));
        }
    }

    [Test]
    public void GroupsThatFillTheirNodes_LeaveNothingToSwap()
    {
        double[] loads = [.. Enumerable.Range(1, 16).Select(load => (double)load)];
        var pairs = Enumerable.Range(0, 8).Select(a => new ExpertPair(a, a + 8, 1)).ToImmutableArray();
        var placed = Place(loads, pairs, new ExpertShape(16, 0, 4, 2, 1), 2);
        Assert.That((placed.Pairs!.Before, placed.Pairs.After), Is.EqualTo((8.0, 8.0)));
        Assert.That(placed.Ranks[..2].SelectMany(rank => rank), Is.EquivalentTo(Enumerable.Range(0, 8)));
    }

    private static PlacedLayer Place(double[] loads, ImmutableArray<ExpertPair> pairs, ExpertShape shape, int ranksInNode) =>
        ExpertPlacement.Of(new MeasuredLayers([new MeasuredLayer(0, [.. loads], pairs)]), shape, ranksInNode).Final().Result.Layers[0];
}
