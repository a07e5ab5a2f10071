using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Search;

namespace Planner.Planning;

/// <summary>When nothing fits: by how much, on which rank, and what would help at what cost.</summary>
internal sealed class WaysOut(PlanningInputs inputs, CostModel model, SearchSpace space, CandidateTable table, int threads)
{
    private const int MostLayouts = 200;
    private const double Near = 1 + (1.0 / 128);
    private const int MostDoublings = 10;
    private const int MostWidenings = 20;

    public PlanOutcome Find(CancellationToken cancel)
    {
        ImmutableArray<KeyValuePair<string, long>> rejected =
            [.. table.Rejected.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
        var limit = space.MemoryLimit.Gib.ToString("0.0", CultureInfo.InvariantCulture);
        if (table.Scored == 0)
        {
            return new Infeasible(
                $"no layout of this request can be run: {(rejected.Length > 0 ? rejected[0].Key : "the space is empty")}",
                Bytes.Zero,
                -1,
                rejected,
                []);
        }

        Bytes excess;
        int rank;
        bool proven;
        try
        {
            (excess, rank, proven) = SmallestExcess(cancel);
        }
        catch (OperationCanceledException)
        {
            return new Infeasible($"nothing fits the limit of {limit} GiB (stopped before it was known by how much)", Bytes.Zero, -1, rejected, []);
        }

        if (rank < 0) return new Infeasible($"nothing that fits the limit of {limit} GiB was found", Bytes.Zero, -1, rejected, [.. Ways(cancel)]);
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"nothing fits: the emptiest layout{(proven ? "" : " found")} needs {(space.MemoryLimit + excess).Gib:0.0} GiB on pipeline rank {rank}, {excess.Gib:0.0} GiB over the limit of {limit} GiB");
        ImmutableArray<WayOut> ways = [.. Ways(cancel)];
        return new Infeasible(cancel.IsCancellationRequested ? message + " (stopped before all ways out were looked for)" : message, excess, rank, rejected, ways);
    }

    // The least memory limit at which a layout may fit, then the overrun of the layouts that may fit near it: exact, or the best found where a
    // placement has too many stages on a rank to be searched.
    private (Bytes Excess, int Rank, bool Proven) SmallestExcess(CancellationToken cancel)
    {
        if (CandidateTable.LeastLimitKib(model, space, threads, cancel) is not { } emptiest) return (Bytes.Zero, -1, false);
        var high = new Bytes(emptiest * 1024.0) * Near;
        var search = new LayoutSearch(model, space, threads);
        var memory = new LeastMemory(model, space);
        var limitKib = (long)Math.Floor(space.MemoryLimit.Value / 1024);
        long least = long.MaxValue;
        var rank = -1;
        var proven = true;
        for (var i = 0; rank < 0 && i < MostWidenings; i++)
        {
            var near = CandidateTable.Score(model, space with { MemoryLimit = high }, threads, cancel).Layouts
                .Select(layout => (Layout: layout, Kib: memory.Kib(layout)))
                .OrderBy(layout => layout.Kib)
                .ThenBy(layout => layout.Layout);
            foreach (var (scored, kib) in near.Take(MostLayouts))
            {
                cancel.ThrowIfCancellationRequested();
                if (kib - limitKib >= least) break;
                var result = search.Search(scored.ToLayout(space, model.Workload.GlobalBatch), long.MaxValue, cancel).Result!;
                if (result.Plan is not null || result.ExcessKib <= 0 || result.ExcessKib >= least || result.FullestRank < 0) continue;
                (least, rank, proven) = (result.ExcessKib, result.FullestRank, !result.Fits);
            }

            high *= 1.25;
        }

        return (new Bytes(least * 1024.0), rank, proven);
    }

    private IEnumerable<WayOut> Ways(CancellationToken cancel)
    {
        var gpus = inputs.Request.Gpus;
        for (var i = 0; i < MostDoublings && space is { Data: null }; i++)
        {
            gpus *= 2;
            var cluster = ClusterOfRequest.Of(gpus, inputs.Request.Nodes, model.Machine);
            var larger = space with { Gpus = inputs.Request.Nodes.Any ? cluster!.JobGpus : gpus };
            if (space.Pipeline is { } ranks && ranks.All(pp => larger.Gpus % pp != 0)) continue;
            var on = cluster is null ? model : new CostModel(model.Model, model.Machine with { Cluster = cluster }, inputs.Stack.Spec, model.Workload);
            if (Best(on, larger, cancel) is not { } best) continue;
            yield return new WayOut($"--gpus {gpus.ToString(CultureInfo.InvariantCulture)}", Cost(best));
            break;
        }

        if (!space.Extrapolate && Best(model, space with { Extrapolate = true }, cancel) is { } beyond)
            yield return new WayOut("--extrapolate (layouts beyond the measured tables)", Cost(beyond));

        var sequence = model.Workload.SequenceLength;
        for (var half = sequence / 2; half >= 256; half /= 2)
        {
            var shorter = new CostModel(
                model.Model,
                model.Machine,
                model.Stack,
                model.Workload with { SequenceLength = half, GlobalBatch = (int)((long)model.Workload.GlobalBatch * sequence / half) });
            if (Best(shorter, space, cancel) is not { } best) continue;
            yield return new WayOut(
                string.Create(CultureInfo.InvariantCulture, $"--seq {half} --batch {shorter.Workload.GlobalBatch} (the same tokens a step)"), Cost(best));
            break;
        }

        if (inputs.Stack.Spec.Memory.MomentBytes > 4)
            yield return new WayOut("a stack file with BF16 moments (moment_bytes 4)", "no time; frees 4 bytes a parameter of the optimizer's share");
    }

    private SearchedLayout? Best(CostModel costs, SearchSpace wider, CancellationToken cancel)
    {
        var table = CandidateTable.ScoreSoFar(costs, wider, threads, cancel);
        if (cancel.IsCancellationRequested) return null;
        var search = new LayoutSearch(costs, wider, threads);
        return search.Run(new LayoutOrder(table.One), new LayoutOrder(table.PerStage), 0, false, null, cancel).Best;
    }

    private static string Cost(SearchedLayout best) =>
        string.Create(CultureInfo.InvariantCulture, $"{Ticks.ToSeconds(best.Result!.Makespan).Value:0.000} s a step on {best.Layout.Degrees.Gpus} GPUs");
}
