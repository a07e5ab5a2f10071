using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Plans;
using Planner.Search.Experts;

namespace Planner.Tests.Plans;

/// <summary>The sample plan with everything that a plan file may hold, its policies stage by stage.</summary>
internal static class FullPlan
{
    private const int Ranks = 64;
    private const int Slots = 5;

    public static Plan Plan()
    {
        var plan = SamplePlan.Plan();
        var selective = plan.Layout.Recompute;
        var stages = new StagePlan([.. plan.Stages.Stages.Select((stage, at) => stage with { Level = at % 2 })]);
        var layout = plan.Layout with { Recompute = RecomputePolicy.PerStage([selective, RecomputePolicy.None]) };
        return plan with
        {
            Request = plan.Request with
            {
                Gpus = 2064,
                TensorPolicy = TensorPolicy.Pinned,
                Objective = Objective.Memory,
                StepIncrease = 0.075,
                Trainable = Trainable.Lora,
                LoadFactor = 1.25,
                Extrapolate = true,
                Robust = true,
                Nodes = new NodeLimits([3, 17], 2),
                Experts = new ExpertRequest("loads.csv", "code", "pairs.csv", 64),
                Pins = new PlanPins([1, 2], [1], [8, 16], [1], [32, 64], [128], [1, 2], ["dualpipe", "1f1b"], ["none", "full"], [Sharding.Zero1, Sharding.Zero2])
                {
                    UniformRecompute = true,
                }.ByName(),
            },
            Inputs = plan.Inputs with { Loads = new string('d', 64), Pairs = new string('e', 64) },
            Solver = plan.Solver! with { Memory = new MemoryGoal(new Seconds(19.1), Bytes.FromGib(68.25)) },
            Layout = layout,
            Stages = stages,
            Estimate = plan.Estimate with { Stages = [.. plan.Estimate.Stages.Select(stage => stage with { Content = stages.Stages[stage.Stage] })] },
            LargerBatch = new LargerBatch(30720, new Seconds(38.5), 0.035, true),
            Experts = new PlanExperts(
                new PlacedExperts(new ExpertShape(256, 64, Ranks, 1, 1), [Layer(3), Layer(4)]),
                new Seconds(1.25),
                new CopiesWorth(1.75, new Seconds(0.5), Bytes.FromGib(2))),
            Robustness = Robustness(layout),
        };
    }

    private static Robustness Robustness(LayoutSpec layout) => new(
        100,
        4,
        2,
        3,
        0.05,
        Member(layout),
        new Flip("memory.reserve_gib", 5, 9.5),
        [Member(layout) with { Flip = new Flip("overlap.pair_overhead", 0.05, 0.11) }],
        new Measurement("overlap.pair_overhead", 0.05, 0.01, 0.2, layout, 0.025),
        new RobustChosen(new Seconds(19.1), 0.125, 0.875));

    private static RobustMember Member(LayoutSpec layout) => new(layout, SamplePlan.Parts.Total, 0.75, 0.9375, 0.0625, 0.03125, null);

    // 64 copies: every rank has four experts of its own and a neighbour's.
    private static PlacedLayer Layer(int layer) => new(
        layer,
        [.. Enumerable.Range(0, Ranks).Select(rank => Enumerable.Range(0, Slots).Select(slot => ((rank * (Slots - 1)) + slot) % (Ranks * (Slots - 1))).Order().ToImmutableArray())],
        [],
        1.5,
        1.25,
        3)
    {
        Pairs = new PairTraffic(10, 4, 2),
    };
}
