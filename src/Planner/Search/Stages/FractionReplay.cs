using System.Numerics;
using System.Runtime.InteropServices;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Replays placements cut to fractions: how long they take, their critical path, and those that a little more work on some ranks would make critical.</summary>
internal sealed class FractionReplay
{
    // Of a tick.
    private const double Scale = 64;

    // Ranks stretched a replay for the sake of their paths, and by which part of their durations.
    private const int Stretched = 4;
    private const int StretchedPart = 20;

    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly StageLines lines;
    private readonly long lag;
    private readonly long[] durations;
    private readonly long[] end;
    private readonly Vector<long>[] stretched;
    private readonly Vector<long>[] ends;
    private readonly PathCut[] paths;

    public FractionReplay(PlacementProblem problem, RankCosts[] costs, StageLines lines)
    {
        (this.problem, this.costs, this.lines) = (problem, costs, lines);
        lag = problem.Lag * (long)Scale;
        durations = new long[problem.Graph.Durations.Length];
        end = new long[problem.Graph.Nodes];
        stretched = new Vector<long>[durations.Length];
        ends = new Vector<long>[end.Length];
        paths = new PathCut[1 + Math.Min(Stretched, costs.Length)];
    }

    /// <summary>The fractions with their makespan.</summary>
    /// <param name="fractions">Layers.</param>
    /// <param name="place">Of the MTP module.</param>
    /// <param name="turn">Ranks are stretched in turn.</param>
    /// <param name="found">Paths; good until the next replay.</param>
    public StageFractions Of(StageFractions fractions, int place, long turn, out ReadOnlySpan<PathCut> found)
    {
        lines.Fill(fractions, place, Scale, durations);
        var makespan = problem.Graph.Replay(durations, lag, end) / Scale;
        paths[0] = problem.Graph.CriticalPath(lag, end);
        Stretch(turn);
        found = paths;
        return fractions with { Makespan = makespan };
    }

    private void Stretch(long turn)
    {
        var lanes = Vector<long>.Count;
        var ticks = MemoryMarshal.Cast<Vector<long>, long>(stretched.AsSpan());
        for (var first = 1; first < paths.Length; first += lanes)
        {
            for (var i = 0; i < durations.Length; i++) stretched[i] = new Vector<long>(durations[i]);
            var some = paths.AsSpan(first, Math.Min(lanes, paths.Length - first));
            for (var lane = 0; lane < some.Length; lane++)
            {
                var rank = costs[(int)(((turn * Stretched) + first - 1 + lane) % costs.Length)];
                foreach (var duration in rank.Durations) ticks[(duration * lanes) + lane] += durations[duration] / StretchedPart;
            }

            problem.Graph.CriticalPaths(stretched, lag, ends, some);
        }
    }
}
