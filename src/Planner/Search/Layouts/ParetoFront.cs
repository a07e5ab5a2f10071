using Planner.Cost;
using Planner.Cost.Layout;

namespace Planner.Search;

/// <summary>A placed layout of the front.</summary>
/// <param name="Layout">The layout.</param>
/// <param name="Plan">Its placement.</param>
/// <param name="Makespan">Step, ticks.</param>
/// <param name="Kib">Fullest rank.</param>
/// <param name="Bound">Nothing that needs no more memory is faster than this, in ticks; the makespan where that is proven.</param>
internal sealed record FrontPoint(LayoutSpec Layout, StagePlan Plan, long Makespan, long Kib, double Bound)
{
    public bool Proven => Bound >= Makespan;
}

/// <summary>A front, fastest and fullest first.</summary>
/// <param name="Points">Points, none dominated by another.</param>
/// <param name="OpenKib">No plan within the step's limit needs less memory; the last point's own where that is proven.</param>
/// <param name="Placements">Layouts whose placement was searched.</param>
/// <param name="Complete">Not cut short.</param>
internal sealed record FrontResult(IReadOnlyList<FrontPoint> Points, long OpenKib, int Placements, bool Complete);

/// <summary>
/// The exact front of step time against memory of the fullest rank, by lazy epsilon-constraint: the layout with the least bound is bounded,
/// placed and branched on under the memory cap until nothing open is faster than the best plan known; that plan is a point, and the cap falls
/// 1 KiB below it. Bounds stay valid as the cap falls, so only layouts at the top of the queue are looked at again.
/// </summary>
internal sealed class ParetoFront(CostModel model, SearchSpace space, int threads)
{
    private const long FirstNodes = 3_000;
    private const int MoreNodes = 10;
    private const int MostTries = 2;
    private const int FewStages = 6;

    // After an end that came before a first plan, so long one is looked for.
    private static readonly TimeSpan FirstPlan = TimeSpan.FromSeconds(0.1);

    // Layouts whose bounds are renewed together: the number sets the result's order of work, never the threads.
    private const int BatchSize = 8;
    private readonly LayoutSearch search = new(model, space, threads);
    private readonly LeastMemory memory = new(model, space);
    private readonly PriorityQueue<OpenLayout, (double, ScoredLayout)> queue = new();

    // Layouts that stay open under the cap after all tries.
    private readonly List<OpenLayout> aside = [];
    private readonly List<FrontPoint> known = [];
    private readonly List<FrontPoint> front = [];
    private long cap = (long)Math.Floor(space.MemoryLimit.Value / 1024);
    private int placements;

    /// <summary>Traces the front.</summary>
    /// <param name="layouts">Layouts by bound, lowest first.</param>
    /// <param name="all">They are all of the space.</param>
    /// <param name="increase">Share above the fastest step up to which the front is traced; infinity traces it to its end.</param>
    /// <param name="report">Told the layouts looked at, the points and the last point's step.</param>
    /// <param name="cancel">Ends the trace with the points so far.</param>
    public FrontResult Run(IReadOnlyList<ScoredLayout> layouts, bool all, double increase, Action<int, int, long>? report, CancellationToken cancel)
    {
        var next = 0;
        while (!cancel.IsCancellationRequested)
        {
            var most = front.Count == 0 ? double.MaxValue : front[0].Makespan * (1 + increase);
            var best = known.MinBy(plan => (plan.Makespan, plan.Kib));
            var limit = best is not null && best.Makespan <= most ? best.Makespan : most < long.MaxValue / 2 ? (long)most + 1 : long.MaxValue;
            var open = queue.TryPeek(out _, out var least) ? least.Item1 : double.MaxValue;
            var closed = next < layouts.Count ? layouts[next].Bound : double.MaxValue;
            if (Math.Min(open, closed) >= limit || (queue.Count == 0 && next >= layouts.Count))
            {
                if (best is null || best.Makespan > most) return Result(true);
                Emit(best);
                report?.Invoke(next, front.Count, best.Makespan);
            }
            else if (closed <= open)
            {
                var scored = layouts[next++];
                if (memory.Kib(scored) <= cap) queue.Enqueue(new OpenLayout(scored, scored.ToLayout(space, model.Workload.GlobalBatch)), (scored.Bound, scored));
            }
            else if (queue.Peek().Cap != cap)
            {
                Renew(limit);
            }
            else
            {
                Place(queue.Dequeue(), limit, cancel);
            }
        }

        // Better a plan without a proof than none.
        var closedBound = next < layouts.Count ? layouts[next].Bound : double.MaxValue;
        if (front.Count == 0 && So() is { } so)
            front.Add(so with { Bound = !all ? 0 : Math.Min(closedBound, queue.TryPeek(out _, out var lowest) ? Math.Min(lowest.Item1, so.Makespan) : so.Makespan) });
        return Result(false);

        FrontPoint? So()
        {
            if (known.MinBy(plan => (plan.Makespan, plan.Kib)) is { } best) return best;
            return search.First(layouts, FirstPlan, CancellationToken.None) is { Result.Plan: { } plan } first
                ? new FrontPoint(first.Layout, plan, first.Result.Makespan, first.Problem.FullestKib(first.Problem.StageCosts(plan)), 0)
                : null;
        }
    }

    private FrontResult Result(bool complete)
    {
        var open = !complete ? 0 : aside.Aggregate(cap + 1, (least, layout) => Math.Min(least, memory.Kib(layout.Scored)));
        return new FrontResult(front, open, placements, complete);
    }

    private void Emit(FrontPoint best)
    {
        var bound = aside.Aggregate((double)best.Makespan, (bound, layout) => Math.Min(bound, layout.Bound));
        while (front.Count > 0 && front[^1].Makespan >= best.Makespan) front.RemoveAt(front.Count - 1);
        front.Add(best with { Bound = bound });
        cap = best.Kib - 1;
        known.RemoveAll(plan => plan.Kib > cap);
        foreach (var layout in aside) Push(layout);
        aside.Clear();
    }

    // New root bounds of the layouts first in the queue, under the present cap.
    private void Renew(long limit)
    {
        var batch = new List<OpenLayout>(BatchSize);
        while (batch.Count < BatchSize && queue.TryPeek(out var layout, out var key) && key.Item1 < limit && layout.Cap != cap)
        {
            queue.Dequeue();
            if (memory.Kib(layout.Scored) <= cap) batch.Add(layout);
        }

        Workers.Each(threads, batch.Count, i => Root(batch[i]));
        foreach (var layout in batch)
            if (layout.Bound < double.MaxValue) Push(layout);

        void Root(OpenLayout layout)
        {
            layout.Problem ??= search.Problems.Of(layout.Layout);
            var root = PlacementSearch.RootBound(layout.Problem with { LimitKib = cap }, limit);
            layout.Renewed(cap, root == long.MaxValue ? double.MaxValue : root);
        }
    }

    private void Place(OpenLayout layout, long limit, CancellationToken cancel)
    {
        var problem = layout.Problem! with { LimitKib = cap };

        // Where layers differ more effort seldom proves more of many stages: it is the bound of so many layers that is weak. What was found stays known
        // while it fits.
        var weak = problem.Sequence is not null && !problem.KnowsFirstLayers && problem.Stages > FewStages;
        if (weak && layout.Stubborn && layout.FoundKib <= cap)
        {
            aside.Add(layout);
            return;
        }

        var nodes = 0L;
        if (layout.Tries > 0)
        {
            nodes = FirstNodes;
            for (var i = 1; i < layout.Tries; i++) nodes *= MoreNodes;
        }
        else
        {
            placements++;
        }

        layout.Tries++;
        var result = PlacementSearch.Solve(problem, limit, nodes, cancel);
        if (!result.Fits) return;
        if (result.Plan is { } plan)
        {
            // A plan above the cap would be found again and again.
            var kib = problem.FullestKib(problem.StageCosts(plan));
            if (kib > cap) throw new InvalidOperationException($"a placement of {kib} KiB was found under a cap of {cap}");
            known.Add(new FrontPoint(layout.Layout, plan, result.Makespan, kib, 0));
            layout.FoundKib = kib;
        }

        layout.Raise(result.Bound);
        var tries = weak ? 0 : layout.Stubborn ? 1 : MostTries;
        var exhausted = layout.Tries > tries || !PlacementSearch.Enumerates(problem);
        if (!exhausted || layout.Bound >= Math.Min(limit, result.Makespan))
        {
            Push(layout);
            return;
        }

        layout.Stubborn = true;
        aside.Add(layout);
    }

    private void Push(OpenLayout layout) => queue.Enqueue(layout, (layout.Bound, layout.Scored));
}
