using CsCheck;
using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Layout;

[TestFixture]
public sealed class RankMapTests
{
    private static readonly RouterSpec V3Router = TestModels.DeepSeekV3.Moe!.Router;

    /// <summary>Expert degrees within data x context, also ones that divide neither of the two.</summary>
    private static readonly Gen<RankMap> Maps =
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 8])
            .Where(t => t.Item1 * t.Item2 % t.Item5 == 0)
            .Select(t => new RankMap(new Degrees(t.Item1 * t.Item2 / t.Item5, t.Item3, t.Item4, t.Item1, t.Item5, 1), t.Item6));

    /// <summary>Expert degrees within a stage, also ones that no data x context is a multiple of.</summary>
    private static readonly Gen<RankMap> Folded =
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 8], Gen.Int[0, 99])
            .Select(t => (Degrees: new Degrees(t.Item1, t.Item2, t.Item3, 1, t.Item4, 1), Gpus: t.Item5, Pick: t.Item6))
            .Select(t => (t.Degrees, t.Gpus, Divisors: Divisors((int)t.Degrees.ExpertRoom(true)), t.Pick))
            .Select(t => new RankMap(t.Degrees with { Expert = t.Divisors[t.Pick % t.Divisors.Count] }, t.Gpus, true));

    [Test]
    public void Ranks_and_places_are_one_to_one() => Maps.Sample(
        map =>
        {
            var places = Enumerable.Range(0, map.Ranks).Select(map.PlaceOf).ToList();
            return places.Distinct().Count() == map.Ranks
                && places.Select(map.RankOf).SequenceEqual(Enumerable.Range(0, map.Ranks))
                && Enumerable.Range(0, map.Ranks).All(rank => (map.NodeOf(rank) * map.GpusPerNode) + map.GpuOf(rank) == rank);
        },
        iter: 200,
        threads: 1);

    [Test]
    public void Every_expert_group_holds_each_expert_once() => Maps.Sample(
        map =>
        {
            int experts = 12 * map.Degrees.Expert;
            var plan = new ExpertPlan(experts, map.Degrees.Expert);
            var groups = Enumerable.Range(0, map.Ranks).GroupBy(map.ExpertGroupOf).ToList();
            return groups.Count == map.Ranks / map.Degrees.Expert
                && groups.All(group => group
                    .SelectMany(rank => Enumerable.Range(plan.OnPlace(map.ExpertPlaceOf(rank)).First, plan.OnPlace(map.ExpertPlaceOf(rank)).Count))
                    .Order()
                    .SequenceEqual(Enumerable.Range(0, experts)));
        },
        iter: 200,
        threads: 1);

    [Test]
    public void Every_folded_expert_group_holds_each_expert_once_on_neighbours_of_a_stage() => Folded.Sample(
        map =>
        {
            var groups = Enumerable.Range(0, map.Ranks).GroupBy(map.ExpertGroupOf).ToList();
            return groups.Count == map.Ranks / map.Degrees.Expert
                && groups.All(group => group.Select(map.ExpertPlaceOf).SequenceEqual(Enumerable.Range(0, map.Degrees.Expert))
                    && group.Last() - group.First() == map.Degrees.Expert - 1
                    && group.Select(rank => map.PlaceOf(rank).Pipeline).Distinct().Count() == 1);
        },
        iter: 200,
        threads: 1);

    [Test]
    public void Members_of_an_expert_group_share_stage_and_tensor_place() => Maps.Sample(
        map => Enumerable.Range(0, map.Ranks).GroupBy(map.ExpertGroupOf)
            .All(group => group.Select(rank => (map.PlaceOf(rank).Pipeline, map.PlaceOf(rank).Tensor)).Distinct().Count() == 1),
        iter: 100,
        threads: 1);

    /// <summary>Two stages of two replicas of two context ranks of two tensor ranks, as Megatron-LM numbers them.</summary>
    [TestCase(0, 0, 0, 0, 0)]
    [TestCase(1, 0, 0, 1, 0)]
    [TestCase(2, 0, 1, 0, 0)]
    [TestCase(4, 1, 0, 0, 0)]
    [TestCase(8, 0, 0, 0, 1)]
    [TestCase(15, 1, 1, 1, 1)]
    public void Order_is_tensor_context_data_pipeline(int rank, int data, int context, int tensor, int pipeline) => Assert.That(
        new RankMap(new Degrees(2, 2, 2, 1, 2, 1), 8).PlaceOf(rank),
        Is.EqualTo(new RankPlace(data, context, tensor, pipeline)));

    [Test]
    public void V3_at_EP64_has_one_router_group_a_node()
    {
        var map = new RankMap(new Degrees(128, 1, 16, 64, 1, 1), 8);
        var plan = new ExpertPlan(256, 64);
        Assert.That(map.Ranks, Is.EqualTo(2048));
        Assert.That(plan.Groups(V3Router, map), Is.EqualTo(GroupPlacement.InsideNodes));
        foreach (var node in Enumerable.Range(0, map.Ranks).GroupBy(map.NodeOf))
        {
            var experts = node
                .SelectMany(rank => Enumerable.Range(plan.OnPlace(map.ExpertPlaceOf(rank)).First, plan.OnPlace(map.ExpertPlaceOf(rank)).Count))
                .Order()
                .ToList();
            Assert.That(experts, Is.EqualTo(Enumerable.Range(node.Key % 8 * 32, 32)));
        }
    }

    [TestCase(8, 1, 8, GroupPlacement.InsideNodes)]
    [TestCase(32, 1, 8, GroupPlacement.InsideNodes)]
    [TestCase(64, 1, 8, GroupPlacement.InsideNodes)]
    [TestCase(128, 1, 8, GroupPlacement.OverWholeNodes)]
    [TestCase(256, 1, 8, GroupPlacement.OverWholeNodes)]
    [TestCase(64, 2, 8, GroupPlacement.OverWholeNodes, Description = "Tensor ranks leave four expert places a node.")]
    [TestCase(64, 1, 6, GroupPlacement.Cut)]
    public void Groups_on_nodes(int expert, int tensor, int gpusPerNode, GroupPlacement expected)
    {
        var map = new RankMap(new Degrees(expert, tensor, 2, expert, 1, 1), gpusPerNode);
        Assert.That(new ExpertPlan(256, expert).Groups(V3Router, map), Is.EqualTo(expected));
    }

    [Test]
    public void Folded_groups_fill_nodes_with_their_tensor_ranks()
    {
        var map = new RankMap(new Degrees(32, 2, 2, 64, 1, 1), 8, true);
        Assert.That(new ExpertPlan(256, 64).Groups(V3Router, map), Is.EqualTo(GroupPlacement.InsideNodes));
    }

    [Test]
    public void Routers_without_a_limit_have_no_placement_to_keep()
    {
        var map = new RankMap(new Degrees(64, 1, 1, 64, 1, 1), 8);
        Assert.That(new ExpertPlan(384, 64).Groups(TestModels.KimiK2.Moe!.Router, map), Is.EqualTo(GroupPlacement.NotLimited));
    }

    private static List<int> Divisors(int number) => [.. Enumerable.Range(1, number).Where(divisor => number % divisor == 0)];
}
