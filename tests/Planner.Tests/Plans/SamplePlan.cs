using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Tests.Plans;

/// <summary>A plan of the size and shape of DeepSeek-V3 on 2048 H800, made by hand: its numbers are plausible, not computed.</summary>
internal static class SamplePlan
{
    private const int Ranks = 16;

    public static LayoutSpec Layout { get; } = new(
        new Degrees(Data: 128, Tensor: 1, Pipeline: Ranks, Expert: 64, Context: 1, Virtual: 1),
        MicroBatch: 1,
        MicroBatches: 120,
        new DualPipe(),
        new RecomputePolicy("selective", RecomputeModules.LayerNorm | RecomputeModules.MlaUpProjection | RecomputeModules.Activation),
        Sharding.Zero1);

    public static StagePlan Stages { get; } = new(
        [new StageContent(3, 1, 0), .. Enumerable.Repeat(new StageContent(0, 4, 0), 14), new StageContent(0, 1, 1)]);

    public static StepParts Parts { get; } = new(
        new Seconds(0.6125),
        new Seconds(0.9251),
        new Seconds(0.5012),
        new Seconds(16.4321),
        new Seconds(1.18417),
        new Seconds(0.22),
        new Seconds(0.051));

    public static Plan Plan() => new(
        new PlanRequest(
            "v3-671b", "h800", "deepseek", 2048, 4096, 15360, Precision.Fp8, TensorPolicy.Avoid,
            [new("pp", ["8", "16"]), new("schedule", ["dualpipe", "1f1b"])],
            new Bytes(80e9), LoadFactor: null, Tokens: 14.8e12, Objective.Time, Extrapolate: false),
        new PlanInputs(new string('a', 64), new string('b', 64), new string('c', 64)),
        Model,
        Machine,
        Stack,
        new SolverReport(
            ProofStatus.Optimal, Parts.Total, 0, 184_320, 1_234_567, 41, 12, ["branch and bound", "CP-SAT"], "Google OR-Tools CP-SAT", "9.15.6755"),
        Layout,
        Stages,
        "DualPipeV on pp 8",
        Estimate,
        [
            Other(Layout with { Degrees = Layout.Degrees with { Expert = 32 } }, 20.31, 71.25, Evidence.KernelsMeasured),
            Other(Layout with { Degrees = Layout.Degrees with { Data = 256, Pipeline = 8 }, MicroBatches = 60 }, 21.054, 73.9, Evidence.KernelsMeasured),
            Other(Layout with { Schedule = new OneForwardOneBackward() }, 24.875, 69.4, Evidence.Extrapolated),
        ],
        [Other(Layout with { Degrees = Layout.Degrees with { Expert = 32 } }, 20.31, 71.25, Evidence.KernelsMeasured)],
        0.05,
        [new(2, new Seconds(22.02)), new(4, new Seconds(26.4))],
        Evidence.PublishedPrecedent,
        [new("does not fit in memory", 120_332), new("degrees do not divide", 60_111), new("schedule needs more micro-batches", 4_321)],
        [
            new CandidateOutcome(Layout, new Seconds(19.1), Parts.Total, Bytes.FromGib(70.5), "chosen", ""),
            new CandidateOutcome(Layout with { MicroBatch = 2, MicroBatches = 60 }, new Seconds(20.4), null, null, "bounded", "its bound is above the best step"),
            new CandidateOutcome(
                Layout with { Sharding = Sharding.None }, new Seconds(18.8), null, Bytes.FromGib(92.5), "does not fit", "18.0 GiB over, on rank 0"),
        ],
        [
            new Finding(FindingLevel.Note, "the published run used these degrees; where it put its layers was not published, so the placement is this planner's own"),
            new Finding(FindingLevel.Warning, "the load factor is 1: every expert rank is taken to be equally busy"),
        ])
    {
        Traffic =
        [
            new TrafficRow("expert_dispatch", new Bytes(175e9), new Bytes(92.5e9), null, new Seconds(2.5)),
            new TrafficRow("pipeline", default, new Bytes(12.25e9), null, new Seconds(0.3)),
        ],
    };

    public static IEnumerable<TimelineEntry> Timeline() =>
    [
        new(0, new Operation(OperationKind.Forward, 0, 0), new Seconds(0), new Seconds(0.0123456)),
        new(0, new Operation(OperationKind.Overlapped, 0, 16, 15, 60), new Seconds(1.2345678), new Seconds(1.3)),
        new(15, new Operation(OperationKind.BackwardInput, 0, 3), new Seconds(1.3), new Seconds(1.31)),
        new(15, new Operation(OperationKind.Weight, 0, 3), new Seconds(1.31), new Seconds(1.32)),
        new(15, new Operation(OperationKind.Backward, 0, 4), new Seconds(1.32), new Seconds(1.35)),
        new(15, new Operation(OperationKind.ReduceGradients, -1, -1), new Seconds(9.9), new Seconds(10)),
        new(15, new Operation(OperationKind.Update, -1, -1), new Seconds(10), new Seconds(10.04607)),
    ];

    private static Alternative Other(LayoutSpec layout, double step, double peak, Evidence evidence) => new(
        layout, new Seconds(step), new Seconds(1.2), Bytes.FromGib(peak), 15360 * 4096 / 2048 / step, 0.39 * 19.926 / step, evidence, null);

    private static Estimate Estimate { get; } = new(
        Parts.Total,
        Parts,
        [.. Enumerable.Repeat(Parts, Ranks)],
        [.. Enumerable.Range(0, Ranks).Select(Stage)],
        [.. Enumerable.Range(0, Ranks).Select(Memory)],
        15360.0 * 4096 / 2048 / Parts.Total.Value,
        FlopsPerSecond.FromTeraflops(15360.0 * 4096 / 2048 / Parts.Total.Value * 0.25045),
        15360.0 * 4096 / 2048 / Parts.Total.Value * 0.25045 / 989.4)
    {
        ExposedCommunication = new Seconds(1.7512345),
        ExpertLoad = 1.125,
    };

    private static StageEstimate Stage(int stage)
    {
        var content = Stages.Stages[stage];
        var (rank, chunk) = StagePlaces.Of(Layout.Schedule, Layout.Pipeline)[stage];
        var first = Stages.Stages.Take(stage).Sum(before => before.Layers);
        var weight = content.Dense + (2.5 * content.Moe) + (2.5 * content.Mtp);
        return new StageEstimate(
            stage, rank, chunk, content, LayoutString.Letters(content, stage == 0, stage == Ranks - 1), first, first + content.Layers - 1,
            12_345_678_901 / Ranks * weight / 10,
            Seconds.FromMilliseconds(1.1234567 * weight),
            Seconds.FromMilliseconds(1.3 * weight),
            Seconds.FromMilliseconds(0.9 * weight),
            Seconds.FromMilliseconds(0.8 * weight),
            Bytes.FromGib(4.4 * weight));
    }

    private static RankMemory Memory(int rank) => new(
        rank,
        Bytes.FromGib(18.25 + (rank is 0 or 15 ? 1.5 : 0)),
        Bytes.FromGib(9.5),
        Bytes.FromGib(6.75),
        Bytes.FromGib(27.125 - (0.25 * rank)),
        Bytes.FromGib(2.375),
        Bytes.FromGib(5));

    private static ModelSpec Model { get; } = new(
        "DeepSeek-V3", 7168, 129280,
        [.. Enumerable.Repeat(LayerKind.Dense, 3), .. Enumerable.Repeat(LayerKind.Moe, 58)],
        new LatentAttention(128, 1536, 512, 128, 64, 128),
        new MlpSpec(18432, Activation.SwiGlu, false),
        new MoeSpec(256, 8, 2048, 2048, new RouterSpec(8, 4, GroupScore.TopTwoSum, true)),
        1, false, 0, Norm.Rms);

    private static MachineSpec Machine { get; } = new(
        "h800",
        new AcceleratorSpec(
            "hopper", FlopsPerSecond.FromTeraflops(989.4), FlopsPerSecond.FromTeraflops(1978.9), new Bytes(80e9), BytesPerSecond.FromTerabytes(3.35), 132),
        new NodeSpec(8, BytesPerSecond.FromGigabytes(200), BytesPerSecond.FromGigabytes(160), Seconds.FromMicroseconds(30)),
        new NetworkSpec(BytesPerSecond.FromGigabytes(50), BytesPerSecond.FromGigabytes(45), Seconds.FromMicroseconds(15)),
        2,
        [
            new Constant("accelerator.bf16_tflops", "989.4", SourceKind.DataSheet, "sheet"),
            new Constant("node.nvlink_latency_us", "30", SourceKind.Assumed, "not published"),
        ]);

    private static StackSpec Stack { get; } = new(
        "deepseek",
        [new ArchitectureRates("hopper", ImmutableDictionary<Precision, GemmRates>.Empty, default, default, 0.8, Seconds.FromMicroseconds(2))],
        new OverlapRates(20, 1, 1, 0.05),
        new ExpertExchangeRates(true, [], default, default, 1, 2, Seconds.FromMicroseconds(20), []),
        new ExposedShares(1, 1, 1, 0, 1),
        new MemoryRates(2, 4, 4, 4, 4, Bytes.FromGib(5), 1.05),
        true, 2, 2, 16, 0.9, true,
        [RecomputePolicy.None, Layout.Recompute, RecomputePolicy.Full],
        ["dualpipe", "1f1b"],
        [
            new Constant("overlap.pair_overhead", "0.05", SourceKind.Assumed, "not published"),
            new Constant("memory.reserve_gib", "5", SourceKind.Measured, "trace"),
        ]);
}
