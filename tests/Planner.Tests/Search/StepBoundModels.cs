using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Search;

/// <summary>Small random models, machines, stacks and layouts, seeded: heads and embeddings that outweigh layers, traffic that binds, all degrees.</summary>
internal static class StepBoundModels
{
    private static readonly StackSpec DeepSeek = new StackCatalog().Load("deepseek").Spec;
    private static readonly StackSpec Megatron = new StackCatalog().Load("megatron").Spec;
    private static readonly MachineSpec H800 = new HardwareCatalog().Load("h800").Spec;

    /// <summary>A model of a few layers: dense, MoE or both, with and without multi-token prediction.</summary>
    public static ModelSpec Model(Random random, int leastLayers, int mostLayers)
    {
        var layers = random.Next(leastLayers, mostLayers + 1);
        var dense = random.Next(3) switch { 0 => layers, 1 => 0, _ => random.Next(0, layers) };
        var hidden = 256 * random.Next(1, 5);
        AttentionSpec attention = random.Next(3) == 0
            ? new LatentAttention(8, random.Next(2) * 256, 128, 64, 32, 64)
            : new GroupedQueryAttention(8, random.Next(2) == 0 ? 8 : 2, hidden / 8, random.Next(2) == 0, false, random.Next(2) == 0, true);
        var moe = dense < layers
            ? new MoeSpec(8, 2, 256 * random.Next(1, 5), 512 * random.Next(2), Router(random))
            : null;
        return new ModelSpec(
            "random",
            hidden,
            1024 * (random.Next(3) == 0 ? random.Next(64, 160) : random.Next(2, 32)),
            Kinds(dense, layers, alternating: hidden % 512 == 0),
            attention,
            dense > 0 ? new MlpSpec(512 * random.Next(1, 9), random.Next(2) == 0 ? Activation.SwiGlu : Activation.Gelu, random.Next(2) == 0) : null,
            moe,
            random.Next(2),
            random.Next(2) == 0,
            random.Next(2) * 1024,
            random.Next(2) == 0 ? Norm.Rms : Norm.Layer);
    }

    /// <summary>A machine of small nodes.</summary>
    public static MachineSpec Machine(Random random)
    {
        var link = random.Next(50, 400);
        var network = random.Next(5, 50);
        return H800 with
        {
            Node = new NodeSpec(2 << random.Next(3), Rate(link), Rate(0.8 * link), Seconds.FromMicroseconds(random.Next(1, 40))),
            Network = new NetworkSpec(Rate(network), Rate(0.9 * network), Seconds.FromMicroseconds(random.Next(1, 40))),
        };
    }

    /// <summary>Either shipped stack with other overlaps and exposed shares, running every schedule.</summary>
    public static StackSpec Stack(Random random)
    {
        var stack = random.Next(2) == 0 ? DeepSeek : Megatron;
        return stack with
        {
            Overlap = random.Next(3) == 0 ? new OverlapRates(0, 1, 1, 0) : new OverlapRates(random.Next(0, 40), 1 + (0.2 * random.NextDouble()), 1 + random.NextDouble(), 0.2 * random.NextDouble()),
            Experts = stack.Experts with { Hierarchical = random.Next(2) == 0, Notify = Seconds.FromMicroseconds(random.Next(0, 300)) },
            Exposed = new ExposedShares(random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble(), random.Next(3) / 2.0),
            SeparateKernels = random.Next(3) == 0,
            ElementBytes = random.Next(4) == 0 ? 4 : 2,
            NodeEfficiency = 1 - (0.5 * random.NextDouble()),
            CollectiveWait = Seconds.FromMicroseconds(random.Next(3) * 300),
            ReducesOnceAStep = random.Next(2) == 0,
            Schedules = [.. ScheduleCatalog.All.Select(schedule => schedule.Name)],
        };
    }

    /// <summary>A layout that its schedule and the model can run, or null where the draw has none.</summary>
    public static (CostModel Model, LayoutSpec Layout)? Layout(Random random, ModelSpec model, MachineSpec machine, StackSpec stack)
    {
        var schedule = ScheduleCatalog.All[random.Next(ScheduleCatalog.All.Length)];
        var tp = 1 << random.Next(3);
        var cp = 1 << random.Next(2);
        var dp = random.Next(1, 5);
        var pp = random.Next(1, 7);
        var chunks = schedule is Interleaved ? random.Next(2, 4) : 1;
        var experts = model.Moe is null ? [1] : new[] { 1, 2, 4, 8 }.Where(ep => dp * cp % ep == 0).ToArray();
        var degrees = new Degrees(dp, tp, pp, experts[random.Next(experts.Length)], cp, chunks);
        var microBatches = random.Next(1, 17);
        var layout = new LayoutSpec(
            degrees,
            random.Next(1, 3),
            microBatches,
            schedule,
            stack.RecomputePolicies[random.Next(stack.RecomputePolicies.Length)],
            (Sharding)random.Next(4));
        if (schedule.Objection(layout.Pipeline) is not null) return null;
        if (schedule.Stages(layout.Pipeline) > model.Layers.Length + model.MtpModules + 2) return null;
        var workload = new Workload(
            512 * random.Next(1, 9),
            dp * layout.MicroBatch * microBatches,
            random.Next(2) == 0 ? Precision.Bf16 : Precision.Fp8,
            random.Next(2) == 0 ? null : 1 + random.NextDouble());
        return (new CostModel(model, machine, stack, workload), layout);
    }

    // Dense layers in front; or, alternating, one MoE layer among them.
    private static ImmutableArray<LayerKind> Kinds(int dense, int layers, bool alternating)
    {
        var kinds = Enumerable.Range(0, layers).Select(layer => layer < dense ? LayerKind.Dense : LayerKind.Moe).ToArray();
        if (alternating && dense > 0 && dense < layers) (kinds[dense / 2], kinds[^1]) = (LayerKind.Moe, LayerKind.Dense);
        return [.. kinds];
    }

    private static RouterSpec Router(Random random) => random.Next(3) switch
    {
        0 => new RouterSpec(1, 1, GroupScore.Highest, false),
        1 => new RouterSpec(4, 2, GroupScore.Highest, true),
        _ => new RouterSpec(2, 1, GroupScore.Highest, false),
    };

    private static BytesPerSecond Rate(double gigabytes) => BytesPerSecond.FromGigabytes(gigabytes);
}
