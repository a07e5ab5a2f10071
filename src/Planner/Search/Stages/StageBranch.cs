using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Branch and bound over the layers of ranks and stages, for schedules with several stages a rank whose operations run alone. A box of
/// placements is bounded by its continuous relaxation over the paths met so far; replays of placements cut to fractions, between the solution
/// and the best such placement known, give new paths. What does not close is split. Bounds are exact up to rounding, for which a hundredth of
/// a tick is left.
/// </summary>
internal sealed class StageBranch
{
    private const double Rounding = 0.01;
    private const int MostTurns = 60;
    private const int TurnsOfPart = 20;

    // Where the next paths are looked for, from the solution (0) towards the best fractions known (1).
    private const double Inward = 0.75;

    // A box is split after so many turns without a gain (a share of the gap).
    private const int Patience = 6;
    private const double Gain = 0.02;

    // Or when the best fractions are below the limit and no further above the bound than this share of what lies between bound and limit.
    private const double Settled = 0.25;

    // Boxes of one level of bounds are taken newest first, for the paths and the solution at hand suit them best; the lowest level first. A level is
    // this share of a step.
    private const double LevelShare = 0.0025;

    // Ways to split that are tried.
    private const int Tried = 8;

    // What closes while it is tried leaves a narrower box, which gets so many turns more.
    private const int TurnsOfNarrower = 3;
    private const double Closed = double.PositiveInfinity;

    // A local search from the fractions of the first box that is settled, and again after so many times as many. Shares of a layer rounded up.
    private const int DescentGrowth = 2;
    private const int DescentReplays = 100;
    private static readonly double[] Rounded = [0.5, 0];

    private readonly PlacementProblem problem;
    private readonly Incumbent incumbent;
    private readonly CancellationToken cancel;
    private readonly LayerGroups groups;
    private readonly StageRelaxation relaxation;
    private readonly StageLines lines;
    private readonly FractionReplay replay;
    private readonly IStageWalk walk;
    private readonly RankStates state;
    private readonly RankCosts[] costs;
    private readonly PriorityQueue<StageBox, (int Level, int Newest)> open = new();

    // What each rank is over the memory by each vector of micro-batches in flight, where it was asked for, and whether it is in the relaxation.
    private readonly (StageLine? Line, bool Added)[][] overruns;
    private readonly long[] durations;
    private readonly long[] end;
    private readonly int[] counts;
    private readonly PathCut[] given;
    private readonly LayerCounts? start;
    private readonly int[] near;
    private readonly double level;
    private int order;
    private int settled;
    private int nextDescent = 1;
    private long effort;

    public StageBranch(
        PlacementProblem problem, RankCosts[] costs, Incumbent incumbent, IEnumerable<PathCut> cuts, LayerCounts? start, CancellationToken cancel)
    {
        this.problem = problem;
        this.costs = costs;
        overruns = Array.ConvertAll(costs, rank => new (StageLine?, bool)[rank.InFlight.Length]);
        this.incumbent = incumbent;
        this.start = start;
        this.cancel = cancel;
        groups = new LayerGroups(problem);
        lines = new StageLines(problem, groups);
        relaxation = new StageRelaxation(problem, groups, lines, costs, incumbent.UpperBound, cancel);
        replay = new FractionReplay(problem, costs, lines);
        walk = problem.Sequence is null ? new StageWalk(problem, cancel) : new SequenceWalk(problem, cancel);
        state = new RankStates(problem, costs);
        durations = new long[problem.Graph.Durations.Length];
        end = new long[problem.Graph.Nodes];
        counts = new int[problem.Stages];
        near = new int[problem.Stages];
        level = LevelShare * incumbent.UpperBound;
        given = [.. cuts];
        foreach (var cut in given) relaxation.AddPath(cut);
    }

    /// <summary>Paths that bound much; they bound other problems of the same graph, too.</summary>
    public IEnumerable<PathCut> Useful => relaxation.Useful;

    /// <summary>Turns so far.</summary>
    public long Turns { get; private set; }

    /// <summary>It did not look at everything.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Lowest bound of what it did not look at.</summary>
    public long OpenBound { get; private set; } = long.MaxValue;

    /// <summary>Searches for placements below the upper bound, which must be finite, and goes on from there when it is called again.</summary>
    public void Run(long mostTurns)
    {
        effort = mostTurns;
        if (order == 0) Begin();
        (Stopped, OpenBound) = (false, long.MaxValue);
        while (open.TryDequeue(out var box, out _))
        {
            if (box.Bound > incumbent.UpperBound - 1 + Rounding) continue;
            foreach (var path in box.Carrying) relaxation.AddPath(path);
            if (Closes(box)) continue;
            box.Carrying = relaxation.Carrying;
            if (effort <= 0 || cancel.IsCancellationRequested || !box.Settled) Wait(box);
            else Split(box);
            if (effort <= 0 || cancel.IsCancellationRequested) break;
        }

        if (open.Count == 0) return;
        var lowest = open.UnorderedItems.Min(item => item.Element.Bound);
        if (lowest > incumbent.UpperBound - 1 + Rounding) return;
        Stopped = true;
        OpenBound = (long)Math.Ceiling(lowest - Rounding);
    }

    private void Begin()
    {
        if (start is not null) Offer(start.Layers, start.MtpPlace);
        var even = start is null ? null : groups.Of(state.Contents);
        for (var place = 0; place < (problem.MtpModules > 0 && problem.Stages > 1 ? 2 : 1); place++)
        {
            if (StageBox.All(problem, place) is not { } whole || !Narrowed(whole)) continue;
            whole.Guide = even;
            Wait(whole);
        }

        order++;
    }

    private void Wait(StageBox box) => open.Enqueue(box, (Level(box), -order++));

    private int Level(StageBox box) => (int)(box.Bound / level);

    private bool Narrowed(StageBox box)
    {
        if (!box.Tighten(problem)) return false;
        if (problem.Sequence is not null) return NarrowedByWalks(box);
        foreach (var cut in given)
            if (!StageRooms.Narrow(problem, lines.Of(cut), box, incumbent.UpperBound - 1 + Rounding) || !box.Tighten(problem)) return false;
        return true;
    }

    private bool NarrowedByWalks(StageBox box)
    {
        var limit = incumbent.UpperBound - 1 + Rounding;
        foreach (var cut in given)
        {
            var line = lines.Of(cut);
            if (walk.Least(line, box, counts) > limit || cancel.IsCancellationRequested) return cancel.IsCancellationRequested;
            if (walk.Narrow(line, box, limit) && !box.Tighten(problem)) return false;
        }

        return true;
    }

    // True where nothing in the box is below the upper bound; else the box is narrowed and its bound raised, and it is settled where more turns bring little.
    private bool Closes(StageBox box)
    {
        for (var most = box.Whole ? MostTurns : TurnsOfPart; box.Turns < most; box.Turns++)
        {
            if (effort-- <= 0 || cancel.IsCancellationRequested) return false;
            Turns++;
            var limit = incumbent.UpperBound - 1 + Rounding;
            var (line, there) = relaxation.Solve(box, limit);
            var value = walk.Least(line, box, counts);
            if (cancel.IsCancellationRequested) return false;
            if (value > limit) return true;
            var before = box.Bound;
            box.Bound = Math.Max(before, value);
            Offer(counts, box.Place);
            var narrowed = walk.Narrow(line, box, incumbent.UpperBound - 1 + Rounding);
            if (cancel.IsCancellationRequested) return false;
            if (narrowed && !box.Tighten(problem)) return true;
            if (box.Single)
            {
                Offer(box.Least, box.Place);
                return true;
            }

            limit = incumbent.UpperBound - 1 + Rounding;
            there = Replayed(there, box.Place);
            if (box.Fractions is null || there.Makespan < box.Fractions.Makespan) box.Fractions = there;
            if (box.Guide is { } guide)
            {
                var between = Replayed(there.Towards(guide, Inward), box.Place);
                if (between.Makespan < box.Fractions.Makespan && box.Holds(between, costs)) box.Fractions = between;
            }

            box.Guide = box.Fractions;
            var gap = Math.Min(box.Fractions.Makespan, limit) - box.Bound;
            if (Near(box) is { } nearby && walk.Least(line, nearby, near) < double.MaxValue && !cancel.IsCancellationRequested) Offer(near, box.Place);
            box.Stalled = box.Bound - before > Gain * gap ? 0 : box.Stalled + 1;

            // Placements cut to fractions are below the limit: no mixture of paths will close the box.
            if (box.Fractions.Makespan < limit && (box.Stalled >= Patience || box.Fractions.Makespan - box.Bound < Settled * (limit - box.Bound))) break;
            if (open.TryPeek(out _, out var next) && Level(box) > next.Level)
            {
                box.Turns++;
                return false;
            }
        }

        box.Settled = true;
        if (box.Fractions!.Makespan < incumbent.UpperBound && ++settled == nextDescent)
        {
            nextDescent *= DescentGrowth;
            Descend(box);
        }

        return false;
    }

    // By moves of a layer from the fractions, rounded; where that does not fit the memory, rounded towards later stages, which have less in flight.
    private void Descend(StageBox box)
    {
        foreach (var share in Rounded)
        {
            if (box.Fractions!.Round(problem, box.Place, share) is not { } from) continue;
            state.Load(from);
            if (state.FullestOverrun(out _) > 0) continue;
            var own = new Incumbent(problem, costs, incumbent.UpperBound);
            own.Cuts.AddRange(relaxation.Useful);
            new PlacementDescent(problem, costs, own).Run(from, DescentReplays, cancel);
            if (own.Plan is { } plan) incumbent.Offer(plan);
            return;
        }
    }

    private StageFractions Replayed(StageFractions fractions, int place)
    {
        var replayed = replay.Of(fractions, place, Turns, out var paths);
        foreach (var path in paths) relaxation.AddPath(path);
        return replayed;
    }

    // The part of a box within a layer of the best fractions.
    private StageBox? Near(StageBox box)
    {
        var part = box.Copy();
        for (var stage = 0; stage < counts.Length; stage++)
        {
            var held = box.Fractions!.Layers(stage);
            part.Least[stage] = Math.Max(part.Least[stage], (int)Math.Ceiling(held - 1.0));
            part.Most[stage] = Math.Min(part.Most[stage], (int)Math.Floor(held + 1.0));
            if (part.Least[stage] > part.Most[stage]) return null;
        }

        return part;
    }

    // Replays a placement; what fits may be the best so far.
    private void Offer(int[] layers, int place)
    {
        var offered = LayerCounts.Of(problem, [.. layers], place);
        state.Load(offered);
        for (var rank = 0; rank < costs.Length; rank++) incumbent.Put(rank, state.Durations(rank));
        if (state.FullestOverrun(out _) <= 0)
        {
            incumbent.Replay(state.Contents, out var cut);
            relaxation.AddPath(cut);
            if (problem.Sequence is not null) AddExact(offered);
            return;
        }

        problem.Graph.Replay(incumbent.Durations, problem.Lag, end);
        relaxation.AddPath(problem.Graph.CriticalPath(problem.Lag, end));
        foreach (var rank in costs)
            if (state.Memory(rank.Rank) > problem.LimitKib) AddOverruns(rank, offered);
    }

    // Where layers differ: the path that is critical with the layers as they are, and the memory that they overrun.
    private void AddExact(LayerCounts offered)
    {
        var contents = new StageContent[problem.Stages];
        offered.Contents(contents);
        var items = problem.StageCosts(new StagePlan([.. contents]));
        problem.FillDurations(items, durations);
        problem.Graph.Replay(durations, problem.Lag, end);
        relaxation.AddPath(problem.Graph.CriticalPath(problem.Lag, end));
        for (var rank = 0; rank < costs.Length; rank++)
            if (problem.RankMemoryKib(rank, items) > problem.LimitKib) AddOverruns(costs[rank], offered);
    }

    private void AddOverruns(RankCosts rank, LayerCounts counts)
    {
        for (var vector = 0; vector < rank.InFlight.Length; vector++)
        {
            ref var overrun = ref overruns[rank.Rank][vector];
            if (overrun.Added) continue;
            var line = overrun.Line ??= lines.Overrun(rank, rank.InFlight[vector]);
            if (line.At(counts, problem) <= 0) continue;
            overrun.Added = true;
            var layer = 1.0;
            foreach (var stage in rank.Stages) layer = Math.Max(layer, Math.Max(line.Moe[stage], line.Dense[stage]));
            relaxation.AddLimit(line, layer);
        }
    }

    // Those ways with the greatest fractions of a layer are tried; that whose parts have the highest bounds is taken. Parts that close at once are left
    // out instead.
    private void Split(StageBox box)
    {
        var (best, chosen) = (double.MinValue, default(StageSplit));
        var narrower = false;
        relaxation.Remember();
        foreach (var way in StageSplit.Of(box, costs).OrderByDescending(way => way.Fraction).Take(Tried))
        {
            var (below, above) = (Guess(way.Below), Guess(way.Above));
            if (below == Closed && above == Closed) return;
            if (below == Closed || above == Closed)
            {
                box.NarrowTo(below == Closed ? way.Above : way.Below);
                narrower = true;
                continue;
            }

            var gain = Math.Max(below - box.Bound, 1) * Math.Max(above - box.Bound, 1);
            if (gain > best) (best, chosen) = (gain, way);
        }

        StageBox[] parts = [box];
        if (narrower) (box.Settled, box.Stalled, box.Turns) = (false, 0, Math.Min(box.Turns, TurnsOfPart - TurnsOfNarrower));
        else parts = [chosen!.Below, chosen.Above];
        foreach (var part in parts)
            if (part.Tighten(problem)) Wait(part);
    }

    private double Guess(StageBox part)
    {
        if (!part.Tighten(problem)) return Closed;
        var limit = incumbent.UpperBound - 1 + Rounding;
        var (bound, line) = relaxation.Guess(part, limit);
        return line is not null && walk.Least(line, part, near) > limit && !cancel.IsCancellationRequested ? Closed : Math.Min(bound, limit);
    }
}
