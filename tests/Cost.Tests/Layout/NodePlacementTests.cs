using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;

namespace Planner.Cost.Tests.Layout;

/// <summary>Where nodes are put: against brute force on small clusters, and rules that hold for all.</summary>
[TestFixture]
public sealed class NodePlacementTests
{
    [Test]
    public void Expert_groups_lie_on_the_fewest_leaves_that_any_assignment_reaches()
    {
        var random = new Random(7);
        var pieces = 0;
        for (var run = 0; run < 400; run++)
        {
            var nodesPerLeaf = random.Next(1, 8);
            var nodes = random.Next(2, 19);
            var excluded = Excluded(random, nodes, random.Next(0, nodes / 2));
            var left = nodes - excluded.Length;
            var group = random.Next(1, Math.Min(5, left) + 1);
            var groups = random.Next(1, (left / group) + 1);
            var cluster = new ClusterSpec(8, nodes, nodesPerLeaf, excluded, left - (groups * group), groups * group) { LeavesKnown = true };

            // One stage; an expert group is 8 x group ranks.
            var degrees = new Degrees(8 * group * groups, 1, 1, 8 * group, 1, 1);
            var placed = NodePlacement.Of(cluster, degrees, 1);
            var leaves = Enumerable.Range(0, groups).Sum(i => Enumerable.Range(i * group, group).Select(placed.LeafOf).Distinct().Count());
            var free = cluster.FreeNodes().Select(leaf => leaf.Length).ToArray();
            var least = Fewest(free, group, groups, []);
            Assert.That(leaves, Is.EqualTo(least), $"leaves {string.Join(' ', free)}, {groups} groups of {group} nodes");
            var whole = new LeafRoom(cluster).Holds(group);
            Assert.That(whole, Is.EqualTo(least == groups), "the closed form of the estimate");
            if (!whole) pieces++;
        }

        Assert.That(pieces, Is.GreaterThan(50), "groups in pieces are among the cases");
    }

    [Test]
    public void Every_layout_node_has_a_node_of_its_own_that_may_be_used()
    {
        var random = new Random(11);
        for (var run = 0; run < 2000; run++)
        {
            var (degrees, copies) = Layout(random);
            if (degrees.Gpus < 8 || degrees.Gpus % 8 != 0) continue;
            var job = degrees.Gpus / 8;
            var nodes = job + random.Next(0, 12);
            var excluded = Excluded(random, nodes, random.Next(0, nodes - job + 1));
            var cluster = new ClusterSpec(8, nodes, random.Next(1, nodes + 1), excluded, nodes - job - excluded.Length, job) { LeavesKnown = true };
            var placed = NodePlacement.Of(cluster, degrees, copies);
            var used = Enumerable.Range(0, job).Select(placed.NodeOf).ToList();
            Assert.That(used, Is.Unique);
            Assert.That(used, Is.All.InRange(0, nodes - 1));
            Assert.That(used.Intersect(excluded), Is.Empty);
            Assert.That(used.Concat(placed.Unused).Concat(excluded).Order(), Is.EqualTo(Enumerable.Range(0, nodes)));
        }
    }

    [Test]
    public void Pipeline_neighbours_and_mirrored_ranks_share_a_leaf_where_it_holds_whole_pipelines()
    {
        // Expert groups of 2 nodes, 4 stages of 4 groups: a column is 8 nodes, a leaf 9 of which one is broken.
        var cluster = new ClusterSpec(8, 36, 9, [4, 9, 20, 35], 0, 32) { LeavesKnown = true };
        var degrees = new Degrees(64, 1, 4, 16, 1, 1);
        foreach (var copies in (int[])[1, 2])
        {
            var placed = NodePlacement.Of(cluster, degrees, copies);
            for (var node = 0; node < 8; node++)
                for (var stage = 1; stage < 4; stage++) Assert.That(placed.LeafOf((8 * stage) + node), Is.EqualTo(placed.LeafOf(node)));
        }

        // Leaves of two groups: the halves of a bidirectional pair share one, pipeline neighbours of a plain pipeline.
        var small = new ClusterSpec(8, 32, 4, [], 0, 32) { LeavesKnown = true };
        var (plain, mirrored) = (NodePlacement.Of(small, degrees, 1), NodePlacement.Of(small, degrees, 2));
        for (var node = 0; node < 8; node++)
        {
            Assert.That(plain.LeafOf(node), Is.EqualTo(plain.LeafOf(8 + node)));
            Assert.That(mirrored.LeafOf(node), Is.EqualTo(mirrored.LeafOf(24 + node)));
            Assert.That(mirrored.LeafOf(8 + node), Is.EqualTo(mirrored.LeafOf(16 + node)));
        }
    }

    [Test]
    public void Stages_stay_whole_where_no_leaf_holds_two_expert_groups_of_them()
    {
        // Dense stages of 4 nodes on leaves of 6 cannot be told from columns of 4; cells of 4 nodes fill more than half a leaf.
        var cluster = new ClusterSpec(8, 24, 6, [], 8, 16) { LeavesKnown = true };
        var placed = NodePlacement.Of(cluster, new Degrees(32, 1, 4, 32, 1, 1), 1);
        for (var stage = 0; stage < 4; stage++)
            Assert.That(Enumerable.Range(4 * stage, 4).Select(placed.LeafOf).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Many_leaves_with_odd_leftovers_still_place_everything()
    {
        // More leaves with leftovers than the exact division looks at.
        var random = new Random(3);
        for (var run = 0; run < 50; run++)
        {
            var excluded = Excluded(random, 600, 40);
            var cluster = new ClusterSpec(8, 600, 20, excluded, 16, 544) { LeavesKnown = true };
            var placed = NodePlacement.Of(cluster, new Degrees(8 * 136, 1, 4, 64, 1, 1), 1);
            Assert.That(Enumerable.Range(0, 544).Select(placed.NodeOf), Is.Unique);
        }
    }

    private static (Degrees Degrees, int Copies) Layout(Random random)
    {
        int[] small = [1, 1, 2, 3, 4];
        var (tp, cp, pp) = (1 << random.Next(0, 4), small[random.Next(5)], random.Next(1, 9));
        var dp = random.Next(1, 17);
        var divisors = Enumerable.Range(1, dp * cp).Where(ep => dp * cp % ep == 0).ToList();
        return (new Degrees(dp, tp, pp, divisors[random.Next(divisors.Count)], cp, 1), pp % 2 == 0 ? random.Next(1, 3) : 1);
    }

    private static ImmutableArray<int> Excluded(Random random, int nodes, int count) =>
        [.. Enumerable.Range(0, nodes).OrderBy(_ => random.Next()).Take(count).Order()];

    // Sum over the groups of the leaves they lie on, by trying every way to take nodes; groups are alike, so leaves are all that matters.
    private static int Fewest(int[] free, int group, int groups, Dictionary<string, int> known)
    {
        if (groups == 0) return 0;
        var state = $"{groups}:{string.Join(',', free.Order())}";
        if (known.TryGetValue(state, out var found)) return found;
        var best = int.MaxValue;
        Take(0, group, 0);
        known.Add(state, best);
        return best;

        void Take(int leaf, int missing, int leaves)
        {
            if (missing == 0)
            {
                var rest = Fewest([.. free], group, groups - 1, known);
                if (rest != int.MaxValue) best = Math.Min(best, leaves + rest);
                return;
            }

            if (leaf == free.Length) return;
            for (var take = 0; take <= Math.Min(free[leaf], missing); take++)
            {
                free[leaf] -= take;
                Take(leaf + 1, missing - take, leaves + (take > 0 ? 1 : 0));
                free[leaf] += take;
            }
        }
    }
}
