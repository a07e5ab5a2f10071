using System.Numerics;
using System.Runtime.CompilerServices;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>How much a search may look at before it stops: replays and nodes.</summary>
internal readonly record struct SearchEffort(int Replays, long Nodes);

/// <summary>
/// Depth-first search through a lattice, rank by rank: children by the longest of all cuts, a replay at every leaf, its critical path a new
/// cut at once. Stops at a number of replays, so that the caller can prune the lattice with what was learnt and start again.
/// </summary>
internal sealed class RankSearch
{
    private const int Patience = 200;

    // What a replay that taught nothing costs, in nodes.
    private const int NodesOfReplay = 30;

    private readonly PlacementLattice lattice;
    private readonly PlacementOptions options;
    private readonly RankCosts[] costs;
    private readonly Incumbent incumbent;
    private readonly long lag;
    private readonly CancellationToken cancel;
    private readonly StageContent[] contents;
    private readonly int[] path;
    private readonly long[][] lengths;
    private readonly long[][] bounds;
    private readonly int[][] arcs;
    private readonly long mostNodes;
    private int replaysLeft;
    private int sinceReplay;
    private int patience = Patience;

    public RankSearch(
        PlacementLattice lattice,
        PlacementOptions options,
        RankCosts[] costs,
        Incumbent incumbent,
        PlacementProblem problem,
        SearchEffort effort,
        CancellationToken cancel)
    {
        this.lattice = lattice;
        this.options = options;
        this.costs = costs;
        this.incumbent = incumbent;
        this.cancel = cancel;
        lag = problem.Lag;
        replaysLeft = effort.Replays;
        mostNodes = effort.Nodes;
        contents = new StageContent[problem.Stages];
        path = new int[costs.Length];
        lengths = new long[costs.Length + 1][];
        bounds = new long[costs.Length][];
        arcs = new int[costs.Length][];
        var widest = 0;
        for (var node = 0; node < lattice.Nodes; node++) widest = Math.Max(widest, lattice.ArcStart[node + 1] - lattice.ArcStart[node]);
        for (var depth = 0; depth <= costs.Length; depth++)
        {
            lengths[depth] = new long[lattice.Stride];
            if (depth == costs.Length) break;
            bounds[depth] = new long[widest];
            arcs[depth] = new int[widest];
        }
    }

    public int Nodes { get; private set; }

    /// <summary>The search did not look at everything.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Lowest bound of what it did not look at.</summary>
    public long OpenBound { get; private set; } = long.MaxValue;

    public void Run()
    {
        lattice.Constants.CopyTo(lengths[0], 0);
        for (var root = 0; root < lattice.Roots; root++)
        {
            var bound = Longest(lengths[0], lattice.Backward.AsSpan(root * lattice.Stride, lattice.Stride));
            if (bound >= incumbent.UpperBound) continue;
            if (Stopped) OpenBound = Math.Min(OpenBound, bound);
            else Visit(0, root, bound);
        }
    }

    private void Visit(int depth, int node, long bound)
    {
        if (cancel.IsCancellationRequested || replaysLeft <= 0 || Nodes >= mostNodes)
        {
            Stopped = true;
            OpenBound = Math.Min(OpenBound, bound);
            return;
        }

        if (depth == costs.Length)
        {
            Leaf();
            return;
        }

        Nodes++;
        if (++sinceReplay >= patience) Probe(depth, node);
        var children = Expand(depth, node);
        for (var i = 0; i < children; i++)
        {
            var childBound = bounds[depth][i];
            if (childBound >= incumbent.UpperBound) return;
            if (Stopped)
            {
                OpenBound = Math.Min(OpenBound, childBound);
                return;
            }

            var arc = arcs[depth][i];
            var to = lattice.ArcTo[arc];
            var weights = lattice.Weights.AsSpan(lattice.ArcOption[arc] * lattice.Stride, lattice.Stride);
            Add(lengths[depth], weights, lengths[depth + 1]);

            // Cuts may have come since the children were sorted.
            childBound = Longest(lengths[depth + 1], lattice.Backward.AsSpan(to * lattice.Stride, lattice.Stride));
            if (childBound >= incumbent.UpperBound) continue;
            path[depth] = lattice.ArcOption[arc];
            Visit(depth + 1, to, childBound);
        }
    }

    // Many nodes without a replay: the cuts are weak here. The likeliest completion is replayed for the sake of its cut.
    private void Probe(int depth, int node)
    {
        patience += Patience;
        for (var rank = depth; rank < costs.Length; rank++)
        {
            var least = long.MaxValue;
            var best = -1;
            for (var arc = lattice.ArcStart[node]; arc < lattice.ArcStart[node + 1]; arc++)
            {
                var bound = LongestOver(lengths[rank], arc);
                if (bound >= least) continue;
                (least, best) = (bound, arc);
            }

            path[rank] = lattice.ArcOption[best];
            Add(lengths[rank], lattice.Weights.AsSpan(path[rank] * lattice.Stride, lattice.Stride), lengths[rank + 1]);
            node = lattice.ArcTo[best];
        }

        Leaf();
    }

    private int Expand(int depth, int node)
    {
        var children = 0;
        var limit = incumbent.UpperBound;
        for (var arc = lattice.ArcStart[node]; arc < lattice.ArcStart[node + 1]; arc++)
        {
            var bound = LongestOver(lengths[depth], arc);
            if (bound >= limit) continue;
            bounds[depth][children] = bound;
            arcs[depth][children++] = arc;
        }

        Array.Sort(bounds[depth], arcs[depth], 0, children);
        return children;
    }

    private void Leaf()
    {
        replaysLeft--;
        sinceReplay = 0;
        for (var rank = 0; rank < costs.Length; rank++)
        {
            var option = lattice.OptionIds[path[rank]];
            incumbent.Put(rank, options.Durations(option, costs[rank]));
            var held = options.Contents(option, costs[rank]);
            for (var i = 0; i < held.Length; i++) contents[costs[rank].Stages[i]] = held[i];
        }

        var makespan = incumbent.Replay(contents, out var cut);

        // Where layers differ, a placement whose layers take longer than as many might: this path rules nothing out.
        if (makespan < incumbent.UpperBound)
        {
            Nodes += NodesOfReplay;
            return;
        }

        incumbent.Cuts.Add(cut);
        var column = lattice.Cuts;
        lattice.Append(cut, options, costs, lag);
        var length = lattice.Constants[column];
        lengths[0][column] = length;
        for (var depth = 0; depth < costs.Length; depth++)
        {
            length += lattice.Weights[(path[depth] * lattice.Stride) + column];
            lengths[depth + 1][column] = length;
        }
    }

    // Vectors are as long as this processor's: code made ahead of time does not know them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(long[] left, ReadOnlySpan<long> right, long[] sum)
    {
        for (var i = 0; i < lattice.Cuts; i += Vector<long>.Count)
            (new Vector<long>(left, i) + new Vector<long>(right[i..])).CopyTo(sum, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long LongestOver(long[] reached, int arc)
    {
        var weights = lattice.Weights.AsSpan(lattice.ArcOption[arc] * lattice.Stride, lattice.Stride);
        var on = lattice.Backward.AsSpan(lattice.ArcTo[arc] * lattice.Stride, lattice.Stride);
        var longest = Vector<long>.Zero;
        for (var i = 0; i < lattice.Cuts; i += Vector<long>.Count)
            longest = Vector.Max(longest, new Vector<long>(reached, i) + new Vector<long>(weights[i..]) + new Vector<long>(on[i..]));
        return Most(longest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Longest(long[] reached, ReadOnlySpan<long> on)
    {
        var longest = Vector<long>.Zero;
        for (var i = 0; i < lattice.Cuts; i += Vector<long>.Count)
            longest = Vector.Max(longest, new Vector<long>(reached, i) + new Vector<long>(on[i..]));
        return Most(longest);
    }

    private static long Most(Vector<long> values)
    {
        var most = values[0];
        for (var i = 1; i < Vector<long>.Count; i++) most = Math.Max(most, values[i]);
        return most;
    }
}
