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
    /// <typeparam name="T">Ticks; int for as many lanes again where no path is so long that it overflows.</typeparam>
    public void CriticalPaths<T>(ReadOnlySpan<Vector<T>> durations, T lag, Span<Vector<T>> end, Span<PathCut> cuts)
        where T : struct, IBinaryInteger<T>
    {
        var last = Replay(durations, lag, end);
        var ends = MemoryMarshal.Cast<Vector<T>, T>(end);
        for (var lane = 0; lane < cuts.Length; lane++) cuts[lane] = PathTo<T>(int.CreateTruncating(last[lane]), lag, ends[lane..], Vector<T>.Count);
    }

    // By lane the first node that ends last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector<T> Replay<T>(ReadOnlySpan<Vector<T>> durations, T lag, Span<Vector<T>> end)
        where T : struct, IBinaryInteger<T>
    {
        var (makespan, last) = (new Vector<T>(-T.One), Vector<T>.Zero);
        var nodes = this.nodes;
        end = end[..nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            ref readonly var node = ref nodes[i];
            var finish = Vector<T>.Zero;
            if (node.First >= 0)
            {
                var second = end[node.Second] + new Vector<T>(lag & T.CreateTruncating(node.SecondLag));
                var third = end[node.Third] + new Vector<T>(lag & T.CreateTruncating(node.ThirdLag));
                finish = Vector.Max(end[node.First], Vector.Max(second, third));
            }

            if (node.Duration >= 0) finish += durations[node.Duration];
            end[i] = finish;
            last = Vector.ConditionalSelect(Vector.GreaterThan(finish, makespan), new Vector<T>(T.CreateTruncating(i)), last);
            makespan = Vector.Max(makespan, finish);
        }

        return last;
    }
}
