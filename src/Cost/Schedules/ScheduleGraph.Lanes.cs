using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Planner.Cost.Schedules;

public sealed partial class ScheduleGraph
{
    /// <summary>The critical paths of as many replays as a vector has lanes, side by side: each is what a replay of that lane's durations gives.</summary>
    /// <param name="durations">Ticks by duration index.</param>
    /// <param name="lag">Ticks of a hand-over.</param>
    /// <param name="end">Nodes entries; receives each node's end.</param>
    /// <param name="cuts">Receives the paths, a lane each; of the last lanes none where it is shorter.</param>
    public void CriticalPaths(ReadOnlySpan<Vector<long>> durations, long lag, Span<Vector<long>> end, Span<PathCut> cuts)
    {
        var last = Replay(durations, lag, end);
        var ends = MemoryMarshal.Cast<Vector<long>, long>(end);
        for (var lane = 0; lane < cuts.Length; lane++) cuts[lane] = PathTo((int)last[lane], lag, ends[lane..], Vector<long>.Count);
    }

    // By lane the first node that ends last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector<long> Replay(ReadOnlySpan<Vector<long>> durations, long lag, Span<Vector<long>> end)
    {
        var (makespan, last) = (new Vector<long>(-1), Vector<long>.Zero);
        var nodes = this.nodes;
        end = end[..nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            ref readonly var node = ref nodes[i];
            var finish = Vector<long>.Zero;
            if (node.First >= 0)
            {
                var second = end[node.Second] + new Vector<long>(lag & node.SecondLag);
                var third = end[node.Third] + new Vector<long>(lag & node.ThirdLag);
                finish = Vector.Max(end[node.First], Vector.Max(second, third));
            }

            if (node.Duration >= 0) finish += durations[node.Duration];
            end[i] = finish;
            last = Vector.ConditionalSelect(Vector.GreaterThan(finish, makespan), new Vector<long>(i), last);
            makespan = Vector.Max(makespan, finish);
        }

        return last;
    }
}
