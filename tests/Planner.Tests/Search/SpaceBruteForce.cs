using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>
/// Every layout with every placement of a small space, replayed. What may run is derived here from what the words mean (GPUs multiply, batches
/// and widths divide, stages hold layers); layouts that the search leaves out as twins or as dominated are all replayed.
/// </summary>
internal static class SpaceBruteForce
{
    /// <summary>Shortest step that fits the limit, in ticks, and a layout that has it; long.MaxValue and null where none fits.</summary>
    public static (long Step, LayoutSpec? Layout) Best(CostModel model, SearchSpace space, IEnumerable<int> tensor)
    {
        (long Step, LayoutSpec? Layout) best = (long.MaxValue, null);
        foreach (var layout in Layouts(model, space, tensor))
        {
            var step = BruteForce.Solve(Problem(model, layout, space.MemoryLimit)).Best;
            if (step < best.Step) best = (step, layout);
        }

        return best;
    }

    /// <summary>Step and memory of the fullest rank of all plans of which none is both as fast and as empty as another, fastest first.</summary>
    public static List<(long Step, long Kib)> Front(CostModel model, SearchSpace space)
    {
        var all = new List<(long Step, long Kib)>();
        var limit = (long)Math.Floor(space.MemoryLimit.Value / 1024);
        foreach (var layout in Layouts(model, space, space.Tensor))
            all.AddRange(BruteForce.All(Problem(model, layout, space.MemoryLimit)).Where(plan => plan.Kib <= limit));
        var front = new List<(long Step, long Kib)>();
        foreach (var plan in all.Order())
            if (front.Count == 0 || plan.Kib < front[^1].Kib) front.Add(plan);
        return front;
    }

    /// <summary>The least memory of the fullest rank over all layouts, in KiB.</summary>
    public static long LeastKib(CostModel model, SearchSpace space) =>
        Layouts(model, space, space.Tensor).Select(layout => BruteForce.Solve(Problem(model, layout, Bytes.Zero)).LeastOverrun).Min();

    private static Cost.Pipeline.PlacementProblem Problem(CostModel model, LayoutSpec layout, Bytes limit) =>
        model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), limit);

    public static IEnumerable<LayoutSpec> Layouts(CostModel model, SearchSpace space, IEnumerable<int> tensor)
    {
        var gpus = space.Gpus;
        var batch = model.Workload.GlobalBatch;
        foreach (var tp in tensor)
        {
            if (!HeadsAndWidthsSplit(model.Model, tp)) continue;
            for (var cp = 1; cp <= gpus; cp++)
                for (var pp = 1; pp <= gpus; pp++)
                    for (var dp = 1; dp <= gpus; dp++)
                    {
                        if (tp * cp * pp * dp != gpus) continue;
                        if (cp > 1 && model.Workload.SequenceLength % (2 * cp) != 0) continue;
                        foreach (var ep in space.Expert)
                            foreach (var size in space.MicroBatch)
                            {
                                if (dp * cp * (model.Stack.FoldedExperts ? tp : 1) % ep != 0 || batch % (dp * size) != 0) continue;
                                var microBatches = batch / dp / size;
                                foreach (var (schedule, chunks) in Schedules(space, pp, microBatches, model.Model))
                                    foreach (var recompute in Policies(space, chunks))
                                        foreach (var sharding in space.Shardings)
                                        {
                                            // Nothing is published on overlapped pairs with gradients or weights sharded.
                                            if (!space.Extrapolate && schedule.Overlaps && sharding is Sharding.Zero2 or Sharding.Zero3) continue;
                                            yield return new LayoutSpec(new Degrees(dp, tp, pp, ep, cp, chunks), size, microBatches, schedule, recompute, sharding);
                                        }
                            }
                    }
        }
    }

    // A choice stage by stage holds every choice for all stages; with more than two chunks a rank there is none.
    private static ImmutableArray<RecomputePolicy> Policies(SearchSpace space, int chunks) =>
        space.PerStage && chunks <= 2 ? [RecomputePolicy.PerStage(space.Recompute)] : space.Recompute;

    private static bool HeadsAndWidthsSplit(ModelSpec model, int tp)
    {
        bool Splits(int width) => width % tp == 0;
        var keyValues = model.Attention is GroupedQueryAttention grouped ? grouped.KeyValueHeads : model.Attention.Heads;
        return Splits(model.Attention.Heads)
            && (Splits(keyValues) || tp % keyValues == 0)
            && Splits(model.DenseMlp?.Width ?? 0)
            && Splits(model.Moe?.SharedWidth ?? 0);
    }

    private static IEnumerable<(ISchedule Schedule, int Chunks)> Schedules(SearchSpace space, int ranks, int microBatches, ModelSpec model)
    {
        // Embedding and head may have a stage each.
        var most = model.Layers.Length + model.MtpModules + 2;
        foreach (var schedule in space.Schedules)
        {
            switch (schedule.Name)
            {
                case "gpipe" or "1f1b" or "zb1p" or "zb2p" when ranks <= most:
                    yield return (schedule, 1);
                    break;
                case "zbv" when ranks > 1 && 2 * ranks <= most:
                    yield return (schedule, 1);
                    break;
                case "dualpipev" when microBatches >= 2 * ranks && 2 * ranks <= most:
                    yield return (schedule, 1);
                    break;
                case "dualpipe" when ranks % 2 == 0 && microBatches % 2 == 0 && microBatches >= 2 * ranks && ranks <= most:
                    yield return (schedule, 1);
                    break;
                case "interleaved" when ranks > 1 && microBatches >= ranks:
                    for (var chunks = 2; chunks * ranks <= most; chunks++) yield return (schedule, chunks);
                    break;
            }
        }
    }
}
