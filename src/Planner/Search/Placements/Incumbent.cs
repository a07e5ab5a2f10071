using System.Buffers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Best placement so far and the cuts of all replays; owns the durations of a replay.</summary>
internal sealed class Incumbent(PlacementProblem problem, RankCosts[] costs, long upperBound)
{
    private long[]? exact;

    /// <summary>Only placements below this are of interest.</summary>
    public long UpperBound { get; private set; } = upperBound;

    public StagePlan? Plan { get; private set; }

    public long Makespan { get; private set; } = long.MaxValue;

    public int Replays { get; private set; }

    /// <summary>Graph durations of the placement to replay; filled by the caller.</summary>
    public long[] Durations { get; } = new long[problem.Graph.Durations.Length];

    public List<PathCut> Cuts { get; } = [];

    /// <summary>Something this long was found elsewhere.</summary>
    public void Lower(long upperBound) => UpperBound = Math.Min(UpperBound, upperBound);

    /// <summary>
    /// Replays <see cref="Durations"/> and keeps the contents where they are better; returns the makespan and its cut. Where layers differ the durations
    /// are the least that as many layers take, and contents are kept for what they take themselves.
    /// </summary>
    public long Replay(ReadOnlySpan<StageContent> stages, out PathCut cut)
    {
        Replays++;
        var end = ArrayPool<long>.Shared.Rent(problem.Graph.Nodes);
        var makespan = problem.Graph.Replay(Durations, problem.Lag, end);
        cut = problem.Graph.CriticalPath(problem.Lag, end);
        ArrayPool<long>.Shared.Return(end);
        if (makespan >= UpperBound) return makespan;
        var plan = new StagePlan([.. stages]);
        if (problem.Sequence is null) Keep(plan, makespan);
        else Offer(plan);
        return makespan;
    }

    /// <summary>Keeps a placement where it fits and its own layers make it better; returns its makespan, long.MaxValue where it does not fit.</summary>
    public long Offer(StagePlan plan)
    {
        exact ??= new long[Durations.Length];
        var costs = problem.StageCosts(plan);
        if (problem.FullestKib(costs) > problem.LimitKib) return long.MaxValue;
        problem.FillDurations(costs, exact);
        var end = ArrayPool<long>.Shared.Rent(problem.Graph.Nodes);
        var makespan = problem.Graph.Replay(exact, problem.Lag, end);
        ArrayPool<long>.Shared.Return(end);
        if (makespan < UpperBound) Keep(plan, makespan);
        return makespan;
    }

    private void Keep(StagePlan plan, long makespan)
    {
        UpperBound = Makespan = makespan;
        Plan = plan;
    }

    /// <summary>Writes a rank's durations into <see cref="Durations"/>.</summary>
    public void Put(int rank, ReadOnlySpan<long> durations)
    {
        var indices = costs[rank].Durations;
        for (var i = 0; i < indices.Length; i++) Durations[indices[i]] = durations[i];
    }
}
