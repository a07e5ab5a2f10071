using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Branch and bound over the layers of ranks and stages, for schedules with several stages a rank whose operations run alone. The bound of a
/// box of placements is a mixture of paths, found by letting paths and placements play against each other: the placement that the mixture
/// likes least and the replay of the placements' mean give new placements and new paths. What does not close is split. Bounds are exact up to
/// rounding, for which a hundredth of a tick is left.
/// </summary>
internal sealed class StageBranch
{
    private const double Rounding = 0.01;
    private const double MeanScale = 64;
    private const int Rounds = 100;
    private const int MostTurns = 100;
    private const int TurnsOfPart = 30;

    // A game is played until its players could gain this share of what bound and mean still lie apart.
    private const double Exactness = 0.2;

    // The mixture is drawn this far towards the best so far: answers to the game alone swing to and fro.
    private const double Staying = 0.8;

    // After so many turns without a gain (a share of the gap) the players forget most of what they regretted.
    private const int Patience = 5;
    private const double Fading = 0.3;
    private const double Gain = 0.01;

    // Ranks stretched a turn for the sake of their paths, and by which part of their durations.
    private const int Stretched = 4;
    private const int StretchedPart = 20;

    private readonly PlacementProblem problem;
    private readonly Incumbent incumbent;
    private readonly CancellationToken cancel;
    private readonly StagePool pool;
    private readonly StageWalk walk;
    private readonly RankStates state;
    private readonly RankCosts[] costs;
    private readonly PriorityQueue<StageBox, (double Bound, int Order)> open = new();
    private readonly long[] durations;
    private readonly long[] stretched;
    private readonly long[] end;
    private readonly double[] mean;
    private readonly int[] counts;
    private readonly PathCut[] known;
    private readonly LayerCounts? start;
    private readonly int[] near;
    private bool meanKnown;
    private int order;
    private long effort;

    public StageBranch(
        PlacementProblem problem, RankCosts[] costs, Incumbent incumbent, IEnumerable<PathCut> cuts, LayerCounts? start, CancellationToken cancel)
    {
        this.problem = problem;
        this.costs = costs;
        this.incumbent = incumbent;
        this.start = start;
        this.cancel = cancel;
        pool = new StagePool(problem, costs, incumbent.UpperBound);
        walk = new StageWalk(problem);
        state = new RankStates(problem, costs);
        durations = new long[problem.Graph.Durations.Length];
        stretched = new long[durations.Length];
        end = new long[problem.Graph.Nodes];
        mean = new double[problem.Stages];
        counts = new int[problem.Stages];
        near = new int[problem.Stages];
        known = [.. cuts];
        foreach (var cut in known) pool.Add(cut);
    }

    /// <summary>Paths that bound much; they bound other problems of the same graph, too.</summary>
    public IEnumerable<PathCut> Useful => pool.Useful;

    /// <summary>Turns of the game so far.</summary>
    public long Turns { get; private set; }

    /// <summary>It did not look at everything.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Lowest bound of what it did not look at.</summary>
    public long OpenBound { get; private set; } = long.MaxValue;

    /// <summary>Searches for placements below the upper bound, which must be finite.</summary>
    public void Run(long mostTurns)
    {
        effort = mostTurns;
        if (start is not null && StageBox.Whole(problem, start.MtpPlace) is { } all) Offer(all, start.Layers);
        for (var place = 0; place < (problem.MtpModules > 0 && problem.Stages > 1 ? 2 : 1); place++)
            if (StageBox.Whole(problem, place) is { } whole && Narrowed(whole)) open.Enqueue(whole, (0, order++));

        while (open.TryDequeue(out var box, out var key))
        {
            var bound = key.Bound;
            if (bound > incumbent.UpperBound - 1 + Rounding) continue;
            if (Closes(box, ref bound)) continue;
            if (effort <= 0 || cancel.IsCancellationRequested)
            {
                open.Enqueue(box, (bound, order++));
                break;
            }

            Split(box, bound);
        }

        if (open.Count == 0) return;
        var lowest = open.UnorderedItems.Min(item => item.Priority.Bound);
        if (lowest > incumbent.UpperBound - 1 + Rounding) return;
        Stopped = true;
        OpenBound = (long)Math.Ceiling(lowest - Rounding);
    }

    private bool Narrowed(StageBox box)
    {
        var lines = new StageLines(problem);
        if (!box.Tighten(problem)) return false;
        foreach (var cut in known)
            if (!StageRooms.Narrow(problem, lines.Of(cut), box, incumbent.UpperBound - 1 + Rounding) || !box.Tighten(problem)) return false;
        return true;
    }

    // True where nothing in the box is below the upper bound; else the box is narrowed and its bound raised.
    private bool Closes(StageBox box, ref double bound)
    {
        var gap = (double)incumbent.UpperBound;
        var stalled = 0;
        var most = box.Best is null ? MostTurns : TurnsOfPart;
        for (var turn = 0; turn < most; turn++)
        {
            if (effort-- <= 0 || cancel.IsCancellationRequested) return false;
            Turns++;
            var upper = incumbent.UpperBound;
            var limit = upper - 1 + Rounding;
            var mix = pool.Mix(box, Rounds, Exactness * Math.Max(1, gap), stalled < Patience ? 1 : Fading);
            if (box.Best is { } best) mix = mix.With(best.Mix, Staying);
            var line = mix.Line;
            var paid = mix.Limits * (upper - 1);
            var value = walk.Least(line, box, counts);
            if (value + paid > limit) return true;
            var here = mix.Limits < 0.99 ? value / (1 - mix.Limits) : 0;
            bound = Math.Max(bound, here);
            stalled++;
            if (box.Best is null || here > box.Best.Value.Bound)
            {
                if (box.Best is null || here > box.Best.Value.Bound + (Gain * gap)) stalled = 0;
                box.Best = (mix, here);
            }

            Offer(box, counts);
            var nearby = Near(box);
            if (walk.Narrow(line, box, limit - paid) && !box.Tighten(problem)) return true;
            if (box.Single)
            {
                box.Least.CopyTo(counts, 0);
                Offer(box, counts);
                return true;
            }

            if (!pool.Mean(MeanScale, durations, mean)) continue;
            var makespan = problem.Graph.Replay(durations, problem.Lag * (long)MeanScale, end) / MeanScale;
            gap = Math.Min(makespan, limit) - bound;
            meanKnown = true;
            pool.Add(problem.Graph.CriticalPath(problem.Lag * (long)MeanScale, end));

            AddStretched();
            if (nearby is not null && walk.Least(line, nearby, near) < double.MaxValue) Offer(nearby, near);

            // Placements cut to fractions are below the limit: no mixture of paths will close the box.
            if (turn >= 8 && makespan < limit && makespan - bound < 0.25 * (limit - bound)) return false;
        }

        return false;
    }

    // The part of a box within a layer of the mean.
    private StageBox? Near(StageBox box)
    {
        if (!meanKnown) return null;
        var part = box.Copy();
        for (var stage = 0; stage < mean.Length; stage++)
        {
            part.Least[stage] = Math.Max(part.Least[stage], (int)Math.Ceiling(mean[stage] - 1.0));
            part.Most[stage] = Math.Min(part.Most[stage], (int)Math.Floor(mean[stage] + 1.0));
            if (part.Least[stage] > part.Most[stage]) return null;
        }

        return part;
    }

    // At the mean, paths through some ranks that a little more work there would make critical.
    private void AddStretched()
    {
        for (var i = 0; i < Math.Min(Stretched, costs.Length); i++)
        {
            var rank = costs[(int)(((Turns * Stretched) + i) % costs.Length)];
            durations.CopyTo(stretched, 0);
            foreach (var duration in rank.Durations) stretched[duration] += stretched[duration] / StretchedPart;
            problem.Graph.Replay(stretched, problem.Lag * (long)MeanScale, end);
            pool.Add(problem.Graph.CriticalPath(problem.Lag * (long)MeanScale, end));
        }
    }

    // Replays a placement that the box holds; what fits may be the best so far.
    private void Offer(StageBox box, int[] layers)
    {
        var placed = LayerCounts.Of(problem, [.. layers], box.Place);
        state.Load(placed);
        for (var rank = 0; rank < costs.Length; rank++) incumbent.Put(rank, state.Durations(rank));
        if (state.FullestOverrun(out _) <= 0)
        {
            incumbent.Replay(state.Contents, out var cut);
            pool.Add(cut);
        }
        else
        {
            problem.Graph.Replay(incumbent.Durations, problem.Lag, end);
            pool.Add(problem.Graph.CriticalPath(problem.Lag, end));
        }

        pool.Add(placed, state, incumbent.Durations, box);
    }

    // Ranks with a fraction of a layer in the mean first, then stages; the greatest fraction first.
    private void Split(StageBox box, double bound)
    {
        var (rank, ofRank) = (-1, 0.0);
        for (var r = 0; r < costs.Length; r++)
        {
            if (box.LeastOfRank[r] == box.MostOfRank[r]) continue;
            var held = costs[r].Stages.Sum(stage => mean[stage]);
            var split = Math.Clamp(held, box.LeastOfRank[r], box.MostOfRank[r]);
            var fraction = Math.Min(split - Math.Floor(split), Math.Ceiling(split) - split);
            if (fraction <= ofRank) continue;
            (rank, ofRank) = (r, fraction);
        }

        if (rank >= 0 && ofRank > 0.02)
        {
            var held = (int)Math.Floor(costs[rank].Stages.Sum(stage => mean[stage]));
            SplitRank(box, rank, Math.Clamp(held, box.LeastOfRank[rank], box.MostOfRank[rank] - 1), bound);
            return;
        }

        var (chosen, best) = (-1, -1.0);
        for (var stage = 0; stage < mean.Length; stage++)
        {
            if (box.Least[stage] == box.Most[stage]) continue;
            var fraction = Math.Min(mean[stage] - Math.Floor(mean[stage]), Math.Ceiling(mean[stage]) - mean[stage]);
            if (fraction <= best) continue;
            (chosen, best) = (stage, fraction);
        }

        var at = Math.Clamp((int)Math.Floor(mean[chosen]), box.Least[chosen], box.Most[chosen] - 1);
        var (below, above) = (box.Copy(), box.Copy());
        below.Most[chosen] = at;
        above.Least[chosen] = at + 1;
        Open(below, bound);
        Open(above, bound);
    }

    private void SplitRank(StageBox box, int rank, int at, double bound)
    {
        var (below, above) = (box.Copy(), box.Copy());
        below.MostOfRank[rank] = at;
        above.LeastOfRank[rank] = at + 1;
        pool.AddRank(rank, at, 1);
        pool.AddRank(rank, at + 1, -1);
        Open(below, bound);
        Open(above, bound);
    }

    private void Open(StageBox box, double bound)
    {
        if (box.Tighten(problem)) open.Enqueue(box, (bound, order++));
    }
}
