using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Traffic;
using Planner.Cost.Units;

namespace Planner.Cost.Tests.Traffic;

/// <summary>What placed groups pay for leaf switches, and where the bytes of a step go.</summary>
[TestFixture]
public sealed class PlacedTrafficTests
{
    private static readonly Degrees Wide = new(64, 1, 4, 16, 1, 1);

    [TestCase(16, true)]
    [TestCase(12, true)]
    [TestCase(3, false)]
    public void Expert_groups_cross_leaves_only_where_these_do_not_hold_all_of_them(int nodesPerLeaf, bool whole)
    {
        // Groups of 2 nodes; with 12 a leaf all fit, with 3 every other one does not.
        var fabric = Fabric.Of(Machine(nodesPerLeaf, 4, 36, [], 32), TestMachines.Stack);
        Assert.That(fabric.ShareAcross(fabric.Placed!.Experts(16, 1)), Is.EqualTo(whole ? 1 : 0.25));
    }

    [Test]
    public void A_missing_node_puts_a_group_in_pieces_once_no_leaf_has_room_for_it()
    {
        // 4 leaves of 8, groups of 4: 8 fit; one node less and only 7 do.
        Assert.That(Experts([]), Is.EqualTo(1));
        Assert.That(Experts([9]), Is.EqualTo(1), "7 groups on 31 nodes");
        var full = Fabric.Of(Machine(8, 4, 33, [9], 32), TestMachines.Stack);
        Assert.That(full.ShareAcross(full.Placed!.Experts(32, 1)), Is.EqualTo(0.25), "8 groups on 32 nodes, one in pieces");

        static double Experts(int[] excluded)
        {
            var fabric = Fabric.Of(Machine(8, 4, 32, excluded, excluded.Length == 0 ? 32 : 28), TestMachines.Stack);
            return fabric.ShareAcross(fabric.Placed!.Experts(32, 1));
        }
    }

    [Test]
    public void Pipelines_that_a_leaf_holds_hand_over_inside_it()
    {
        var (inside, across) = (Send(8), Send(4));
        Assert.That(across, Is.EqualTo(4 * inside).Within(1e-9).Percent);

        static double Send(int nodesPerLeaf) => LayoutItems.SendSeconds(
            Model(Machine(nodesPerLeaf, 4, 32, [], 32)), Wide, new LayerKey(1, 1, 16, 1, RecomputePolicy.None));
    }

    [Test]
    public void No_step_gets_shorter_as_oversubscription_grows()
    {
        foreach (var nodesPerLeaf in (int[])[2, 3, 4, 6, 8, 16, 32])
        {
            foreach (var degrees in (Degrees[])[Wide, new(32, 2, 4, 8, 1, 1), new(16, 1, 8, 16, 2, 1), new(8, 8, 4, 8, 1, 1), new(64, 1, 4, 64, 1, 1)])
            {
                var before = 0.0;
                foreach (var oversubscription in (double[])[1, 1.5, 2, 4, 16])
                {
                    var step = Step(Model(Machine(nodesPerLeaf, oversubscription, 34, [5, 6], 32)), degrees).Estimate().Step.Value;
                    Assert.That(step, Is.GreaterThanOrEqualTo(before), $"{degrees} at {oversubscription}:1, {nodesPerLeaf} a leaf");
                    before = step;
                }
            }
        }
    }

    [Test]
    public void A_step_s_traffic_takes_what_its_stages_communicate()
    {
        var model = Model(TestMachines.Machine);
        foreach (var degrees in (Degrees[])[Wide, new(32, 2, 4, 8, 1, 1), new(16, 1, 8, 16, 2, 1)])
        {
            var layout = Layout(degrees, RecomputePolicy.None);
            var rows = new StepTraffic(model, layout, Plan(degrees), null).Rows().ToDictionary(row => row.Kind);
            var stages = new StepEstimator(model, layout, Plan(degrees)).Estimate().Stages.Sum(stage => stage.Communication.Value);
            var layers = rows["tensor"].Time + rows["context"].Time + rows["expert_dispatch"].Time + rows["expert_combine"].Time;

            // Dispatch and combine apart wait for their slower link each, together for the slower of the sums.
            Assert.That(layers.Value, Is.EqualTo(stages * layout.MicroBatches / degrees.Pipeline).Within(0.5).Percent, degrees.ToString());
            Assert.That(rows["pipeline"].Network.Value, Is.EqualTo(
                2.0 * layout.MicroBatches * (degrees.Pipeline - 1) / degrees.Pipeline * 4096 / degrees.Context / degrees.Tensor * 7168 * 2).Within(1e-6).Percent, "4096 tokens of width 7168 in 16 bits");
        }
    }

    [Test]
    public void Bytes_across_leaves_are_those_counted_one_by_one()
    {
        var cluster = new ClusterSpec(8, 34, 3, [5, 6], 0, 32) { LeavesKnown = true };
        var placed = NodePlacement.Of(cluster, Wide, 1);
        var map = new RankMap(Wide, 8);
        var crossing = new LeafCrossing(placed, map);
        var (pairs, far) = (0, 0);
        for (var a = 0; a < map.Ranks; a++)
        {
            for (var b = 0; b < map.Ranks; b++)
            {
                if (map.ExpertGroupOf(a) != map.ExpertGroupOf(b) || map.NodeOf(a) == map.NodeOf(b)) continue;
                pairs++;
                if (placed.LeafOf(map.NodeOf(a)) != placed.LeafOf(map.NodeOf(b))) far++;
            }
        }

        Assert.That(far, Is.GreaterThan(0));
        Assert.That(crossing.Experts(), Is.EqualTo(far / (double)pairs).Within(1e-12));
        var (inNode, inLeaf, across) = crossing.Hops(0, 1);
        Assert.That(inNode + inLeaf + across, Is.EqualTo(64));
        Assert.That(across, Is.EqualTo(Enumerable.Range(0, 64).Count(i => placed.LeafOf(map.NodeOf(i)) != placed.LeafOf(map.NodeOf(64 + i)))));
    }

    private static MachineSpec Machine(int nodesPerLeaf, double oversubscription, int nodes, int[] excluded, int job) => TestMachines.Machine with
    {
        Network = TestMachines.Machine.Network with { Tiers = [new(8 * nodesPerLeaf, 1 / oversubscription, Seconds.Zero)] },
        Cluster = new ClusterSpec(8, nodes, nodesPerLeaf, [.. excluded], nodes - excluded.Length - job, job) { LeavesKnown = true },
    };

    private static CostModel Model(MachineSpec machine) =>
        new(TestModels.DeepSeekV3, machine, TestMachines.Stack, TestMachines.Workload(Precision.Bf16));

    private static LayoutSpec Layout(Degrees degrees, RecomputePolicy recompute) =>
        new(degrees, 1, 1024 / degrees.Data, new OneForwardOneBackward(), recompute, Sharding.Zero1);

    // Three dense layers, then 58 with experts, the module for multi-token prediction last.
    private static StagePlan Plan(Degrees degrees) => new([.. Enumerable.Range(0, degrees.Pipeline).Select(stage => new StageContent(
        stage == 0 ? 3 : 0,
        (58 * (stage + 1) / degrees.Pipeline) - (58 * stage / degrees.Pipeline),
        stage == degrees.Pipeline - 1 ? TestModels.DeepSeekV3.MtpModules : 0))]);

    private static StepEstimator Step(CostModel model, Degrees degrees) => new(model, Layout(degrees, RecomputePolicy.None), Plan(degrees));
}
