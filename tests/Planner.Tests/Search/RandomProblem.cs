using System.Collections.Immutable;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Tests.Search;

/// <summary>Small random placements, seeded: kinds of layers, traffic that binds in some pairs, memory loose, tight or too small.</summary>
internal static class RandomProblem
{
    public static readonly string[] Cases =
    [
        "dualpipe 4 1 8", "dualpipe 8 1 16", "dualpipev 2 1 6", "dualpipev 3 1 7", "zbv 3 1 8", "interleaved 2 2 4", "interleaved 2 3 4",
        "interleaved 3 2 6", "1f1b 4 1 6", "1f1b 1 1 3", "1f1b 2 1 4", "zb1p 4 1 6", "zb1p 6 1 8", "zb2p 4 1 9", "gpipe 4 1 4",
    ];

    public static ScheduleGraph Graph(string text)
    {
        var parts = text.Split(' ');
        var schedule = ScheduleCatalog.Find(parts[0]) ?? throw new ArgumentException($"no schedule {parts[0]}");
        var shape = new PipelineShape(int.Parse(parts[1], null), int.Parse(parts[2], null), int.Parse(parts[3], null));
        return schedule.Objection(shape) is { } objection ? throw new ArgumentException(objection) : schedule.Graph(shape);
    }

    public static PlacementProblem Draw(ScheduleGraph graph, int seed)
    {
        var random = new Random(seed);
        var stages = graph.StagesOfRank.Sum(s => s.Length);
        var layers = stages + random.Next(0, stages > 5 ? 5 : 8);
        var dense = random.Next(4) switch { 0 => 0, 1 => layers, 2 => random.Next(0, layers + 1), _ => Math.Min(layers, random.Next(1, 4)) };
        var problem = new PlacementProblem(
            graph,
            random.Next(3) * random.Next(0, 200),
            dense,
            layers - dense,
            random.Next(2),
            Item(random, 0.1),
            Item(random, random.NextDouble() + 0.3),
            Item(random, 1),
            Item(random, 1.2),
            Item(random, 1.3),
            Item(random, 2 * random.NextDouble()),
            Send(random.Next(2) * random.Next(0, 100)),
            Return(random.Next(2) * random.Next(0, 100)),
            new ItemCost(0, 0, 0, 0, 0, 0, 0, random.Next(50), random.Next(50), random.Next(1000), 0),
            long.MaxValue / 8);
        return problem with { LimitKib = Limit(problem, random) };
    }

    /// <summary>The same with two or three recompute policies for every stage: leaner ones mostly slower, some with needs of the moment.</summary>
    public static PlacementProblem DrawLevels(ScheduleGraph graph, int seed)
    {
        var random = new Random(seed);
        var problem = Draw(graph, seed) with { LimitKib = long.MaxValue / 8 };
        var items = Items(problem);
        var levels = Enumerable.Range(0, random.Next(2, 4)).Select(level => level == 0 ? items : Leaner(items, random)).ToImmutableArray();
        problem = problem.Costing(levels);
        return problem with { LimitKib = Limit(problem, random) };
    }

    /// <summary>Layers that differ: two kinds in turn, or no two alike; with one recompute policy, or with several for every stage.</summary>
    public static PlacementProblem DrawSequence(ScheduleGraph graph, int seed, bool levels = false)
    {
        var random = new Random(seed);
        var problem = Draw(graph, seed) with { LimitKib = long.MaxValue / 8 };
        var layers = problem.DenseLayers + problem.MoeLayers;
        var kinds = Enumerable.Range(0, random.Next(2) == 0 ? 2 : layers).Select(_ => Item(random, 0.4 + random.NextDouble())).ToList();
        var items = Items(problem) with { Sequence = new LayerSequence([.. Enumerable.Range(0, layers).Select(i => kinds[i % kinds.Count])], problem.DenseLayers) };
        var policies = Enumerable.Range(0, levels ? random.Next(2, 4) : 1).Select(level => level == 0 ? items : Leaner(items, random)).ToImmutableArray();
        problem = problem.Costing([.. policies.Select(policy => policy with { Dense = policy.Sequence!.Front, Moe = policy.Sequence.Behind })]);
        return problem with { LimitKib = Limit(problem, random) };
    }

    private static LayoutItems Items(PlacementProblem problem) => new(
        problem.Embedding, problem.Dense, problem.Moe, problem.MtpOnLast, problem.MtpBeforeLast, problem.Head, problem.SendForward, problem.SendBackward,
        problem.RankBase, problem.Lag);

    private static LayoutItems Leaner(LayoutItems items, Random random)
    {
        var (time, kept) = (1 + (random.NextDouble() * 0.6) - 0.05, random.NextDouble());
        var head = random.Next(0, 300);
        ItemCost Of(ItemCost item) => item with
        {
            BackwardInput = (long)(item.BackwardInput * time),
            PairBackwardCompute = (long)(item.PairBackwardCompute * time),
            PairBackwardTraffic = (long)(item.PairBackwardTraffic * (1 + (random.NextDouble() * 0.1))),
            ReduceGradients = (long)(item.ReduceGradients * random.NextDouble()),
            ActivationKib = (long)(item.ActivationKib * kept),
        };
        var slower = 0.7 + (random.NextDouble() * 0.8);
        ItemCost Slower(ItemCost item) => item with { BackwardInput = (long)(item.BackwardInput * slower), Weight = (long)(item.Weight * slower) };
        return items with
        {
            Dense = Of(items.Dense),
            Moe = Of(items.Moe),
            Sequence = items.Sequence is null ? null : new LayerSequence([.. items.Sequence.Layers.Select((layer, i) => Of(i % 2 == 0 ? layer : Slower(layer)))], items.Sequence.InFront),
            MtpOnLast = Of(items.MtpOnLast),
            MtpBeforeLast = Of(items.MtpBeforeLast),
            Head = items.Head with { StaticKib = items.Head.StaticKib + head },
            HeadTransientKib = head,
            RankBase = items.RankBase with { StaticKib = items.RankBase.StaticKib + random.Next(0, 400) },
        };
    }

    // A hand-over keeps its rank, alone and in pairs.
    private static ItemCost Send(long ticks) => new(ticks, 0, 0, ticks, ticks, 0, 0, 0, 0, 0, 0);

    private static ItemCost Return(long ticks) => new(0, ticks, 0, 0, 0, ticks, ticks, 0, 0, 0, 0);

    private static ItemCost Item(Random random, double size)
    {
        long Between(int low, int high) => (long)(size * random.Next(low, high));
        var traffic = random.Next(3) == 0 ? 3 : 1;
        return new ItemCost(
            Between(500, 1500),
            Between(700, 2100),
            Between(100, 700),
            Between(500, 1500),
            traffic * Between(300, 1200),
            Between(900, 2800),
            traffic * Between(300, 1200),
            Between(0, 300),
            Between(0, 300),
            Between(500, 3000),
            Between(50, 600))
        { HiddenForward = Between(0, 900), HiddenBackward = Between(0, 900) };
    }

    // Near the memory of some random placement: loose, tight or a little too small.
    private static long Limit(PlacementProblem problem, Random random)
    {
        var kind = random.Next(3);
        if (kind == 0) return problem.LimitKib;
        var least = BruteForce.Solve(problem with { LimitKib = 0 }).LeastOverrun;
        return kind == 1 ? least + random.Next(0, 2500) : least - random.Next(1, 800);
    }
}
