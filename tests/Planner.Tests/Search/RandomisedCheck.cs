using System.Diagnostics;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>
/// A slow search by chance against plans called optimal: layers and recompute policies move at random for a minute over the layouts with the lowest
/// bounds. Run by name: dotnet test -c Release --filter FullyQualifiedName~RandomisedCheck
/// </summary>
[Explicit("a minute each")]
internal sealed class RandomisedCheck
{
    private const int Layouts = 40;
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    [TestCase("v3-671b", "h800", "deepseek", 2048, 15360, 4096, Precision.Fp8)]
    [TestCase("kimi-k2", "h800", "megatron", 4096, 16384, 4096, Precision.Bf16)]
    [TestCase("qwen3-235b", "h100", "megatron", 256, 4096, 4096, Precision.Bf16)]
    public void ChanceForAMinute_FindsNothingFaster(string model, string machine, string stack, int gpus, int batch, int sequence, Precision precision)
    {
        var hardware = new HardwareCatalog().Load(machine).Spec;
        var costs = new CostModel(
            new ModelCatalog().Load(model).Spec, hardware, new StackCatalog().Load(stack).Spec, new Workload(sequence, batch, precision, 1));
        var space = SearchSpace.Default(costs, gpus, hardware.Accelerator.Memory, false);
        var result = new SpaceSearch(costs, space, false, 0, 0.05, false, 1).Run(null, CancellationToken.None);
        Assert.That(result.Main.Proven, Is.True);
        var best = result.Main.Best!.Result!.Makespan;

        var search = new LayoutSearch(costs, space, 1);
        var problems = result.Table.Layouts.Order().Where(layout => layout.Bound < best)
            .Select(layout => search.Problems.Of(layout.ToLayout(space, batch))).Where(problem => problem.Stages <= 64).Take(Layouts).ToList();
        var watch = Stopwatch.StartNew();
        var least = long.MaxValue;
        var replays = 0;
        for (var seed = 0; watch.Elapsed < Most; seed++)
        {
            var problem = problems[seed % problems.Count];
            var random = new Random(seed);
            var durations = new long[problem.Graph.Durations.Length];
            var end = new long[problem.Graph.Nodes];
            if (Start(problem, random) is not { } plan) continue;
            var step = long.MaxValue;
            for (var turn = 0; turn < 2_000 && watch.Elapsed < Most; turn++)
            {
                var next = Moved(plan, problem, random);
                if (!Legal(problem, next)) continue;
                problem.FillDurations(next, durations);
                var replayed = problem.Graph.Replay(durations, problem.Lag, end);
                replays++;
                if (replayed > step * (1 + (0.01 * random.NextDouble()))) continue;
                (plan, step) = (next, replayed);
                least = Math.Min(least, step);
            }
        }

        TestContext.Out.WriteLine($"{model}: {replays} replays, best {least} ticks, proven {best}");
        Assert.That(replays, Is.GreaterThan(1_000));
        Assert.That(least, Is.AtLeast(best));
    }

    // Even by layers, the leanest policy that is last in the list; null where it does not fit.
    private static StagePlan? Start(Cost.Pipeline.PlacementProblem problem, Random random)
    {
        var stages = problem.Stages;
        var layers = problem.DenseLayers + problem.MoeLayers;
        var dense = problem.DenseLayers;
        var contents = new StageContent[stages];
        for (var stage = 0; stage < stages; stage++)
        {
            var here = (layers * (stage + 1) / stages) - (layers * stage / stages);
            contents[stage] = new StageContent(
                Math.Min(dense, here), here - Math.Min(dense, here), stage == stages - 1 ? problem.MtpModules : 0, problem.Levels.IsEmpty ? 0 : random.Next(1, problem.Levels.Length));
            dense -= contents[stage].Dense;
        }

        var plan = new StagePlan([.. contents]);
        return Legal(problem, plan) ? plan : null;
    }

    private static StagePlan Moved(StagePlan plan, Cost.Pipeline.PlacementProblem problem, Random random)
    {
        var stages = plan.Stages;
        if (!problem.Levels.IsEmpty && random.Next(2) == 0)
        {
            var at = random.Next(stages.Length);
            return new StagePlan(stages.SetItem(at, stages[at] with { Level = random.Next(problem.Levels.Length) }));
        }

        var counts = stages.Select(stage => stage.Layers).ToArray();
        counts[random.Next(counts.Length)]--;
        counts[random.Next(counts.Length)]++;
        var dense = problem.DenseLayers;
        for (var stage = 0; stage < counts.Length; stage++)
        {
            var here = Math.Clamp(counts[stage], 0, dense);
            dense -= here;
            stages = stages.SetItem(stage, stages[stage] with { Dense = here, Moe = counts[stage] - here });
        }

        return new StagePlan(stages);
    }

    private static bool Legal(Cost.Pipeline.PlacementProblem problem, StagePlan plan)
    {
        for (var stage = 0; stage < plan.Stages.Length; stage++)
        {
            var content = plan.Stages[stage];
            if (content.Dense < 0 || content.Moe < 0) return false;
            if (content.Layers + content.Mtp == 0 && stage > 0 && stage < plan.Stages.Length - 1) return false;
        }

        return Enumerable.Range(0, problem.Graph.Ranks).All(rank => problem.RankMemoryKib(rank, plan) <= problem.LimitKib);
    }
}
