using System.Numerics;
using System.Runtime.CompilerServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// All placements as paths through layers of nodes, one layer a rank: a node is (mode, dense layers left, MoE layers left), an arc an option
/// of the rank. Cuts are separable over ranks, so per cut every arc has a weight and every node a shortest way on.
/// </summary>
internal sealed class PlacementLattice
{
    private const long Far = long.MaxValue / 4;

    private PlacementLattice(int roots, int[] arcStart, int[] arcOption, int[] arcTo, int[] optionIds, int[] optionRanks)
    {
        Roots = roots;
        ArcStart = arcStart;
        ArcOption = arcOption;
        ArcTo = arcTo;
        OptionIds = optionIds;
        OptionRanks = optionRanks;
        Constants = [];
        Weights = [];
        Backward = [];
    }

    /// <summary>Nodes 0 to Roots - 1 are where paths start; the last node is where they end.</summary>
    public int Roots { get; }

    public int[] ArcStart { get; }

    public int[] ArcOption { get; }

    public int[] ArcTo { get; }

    /// <summary>Number of each of the lattice's options in <see cref="PlacementOptions"/>.</summary>
    public int[] OptionIds { get; }

    public int[] OptionRanks { get; }

    public int Nodes => ArcStart.Length - 1;

    public int Arcs => ArcOption.Length;

    /// <summary>Distance between the entries of two options or nodes in the tables below; their first <see cref="Cuts"/> entries are used.</summary>
    public int Stride { get; private set; }

    public int Cuts { get; private set; }

    /// <summary>Per cut: hand-overs.</summary>
    public long[] Constants { get; private set; }

    /// <summary>Per option and cut: what the option adds.</summary>
    public long[] Weights { get; private set; }

    /// <summary>Per node and cut: the least that all later ranks add.</summary>
    public long[] Backward { get; private set; }

    public bool Empty => Roots == 0;

    public static PlacementLattice Of(int roots, int[] arcStart, int[] arcOption, int[] arcTo, PlacementOptions options)
    {
        var ids = new int[options.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = i;
        return new PlacementLattice(roots, arcStart, arcOption, arcTo, ids, options.Ranks.ToArray());
    }

    /// <summary>Weights and backward tables for the cuts, with room for <paramref name="spare"/> more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(IReadOnlyList<PathCut> cuts, int spare, PlacementOptions options, RankCosts[] costs, long lag)
    {
        var width = Vector<long>.Count;
        Stride = (cuts.Count + spare + width - 1) / width * width;
        Cuts = cuts.Count;
        Constants = new long[Stride];
        Weights = new long[OptionIds.Length * Stride];
        Backward = new long[Nodes * Stride];
        for (var cut = 0; cut < cuts.Count; cut++) LoadWeights(cuts[cut], cut, options, costs, lag);
        for (var node = Nodes - 2; node >= 0; node--)
        {
            var own = Backward.AsSpan(node * Stride, Stride);
            own[..((Cuts + width - 1) / width * width)].Fill(Far);
            for (var arc = ArcStart[node]; arc < ArcStart[node + 1]; arc++)
            {
                var weights = Weights.AsSpan(ArcOption[arc] * Stride, Stride);
                var on = Backward.AsSpan(ArcTo[arc] * Stride, Stride);
                for (var i = 0; i < Cuts; i += width)
                    Vector.Min(new Vector<long>(own[i..]), new Vector<long>(weights[i..]) + new Vector<long>(on[i..])).CopyTo(own[i..]);
            }
        }
    }

    /// <summary>Appends one cut; there must be room.</summary>
    public void Append(PathCut path, PlacementOptions options, RankCosts[] costs, long lag)
    {
        LoadWeights(path, Cuts, options, costs, lag);
        var cut = Cuts++;
        Backward[((Nodes - 1) * Stride) + cut] = 0;
        for (var node = Nodes - 2; node >= 0; node--)
        {
            var least = Far;
            for (var arc = ArcStart[node]; arc < ArcStart[node + 1]; arc++)
                least = Math.Min(least, Weights[(ArcOption[arc] * Stride) + cut] + Backward[(ArcTo[arc] * Stride) + cut]);
            Backward[(node * Stride) + cut] = least;
        }
    }

    /// <summary>The lattice without the arcs over which some cut always reaches the upper bound. Tables must be loaded; the result's are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PlacementLattice Pruned(long upperBound)
    {
        var forward = new long[Nodes * Stride];
        forward.AsSpan(Roots * Stride).Fill(Far);
        for (var root = 0; root < Roots; root++) Constants.CopyTo(forward, root * Stride);
        var keep = new bool[Arcs];
        var width = Vector<long>.Count;
        var limit = new Vector<long>(upperBound);
        for (var node = 0; node < Nodes - 1; node++)
        {
            var reached = forward.AsSpan(node * Stride, Stride);
            for (var arc = ArcStart[node]; arc < ArcStart[node + 1]; arc++)
            {
                var weights = Weights.AsSpan(ArcOption[arc] * Stride, Stride);
                var to = forward.AsSpan(ArcTo[arc] * Stride, Stride);
                var on = Backward.AsSpan(ArcTo[arc] * Stride, Stride);
                var below = true;
                for (var i = 0; i < Cuts; i += width)
                {
                    var here = new Vector<long>(reached[i..]) + new Vector<long>(weights[i..]);
                    below &= Vector.LessThanAll(here + new Vector<long>(on[i..]), limit);
                    Vector.Min(new Vector<long>(to[i..]), here).CopyTo(to[i..]);
                }

                keep[arc] = below;
            }
        }

        return Compact(keep);
    }

    /// <summary>The lattice with only the kept arcs, and of those only what lies on a path from a root to the end.</summary>
    public PlacementLattice Compact(bool[] keep)
    {
        var ends = new bool[Nodes];
        ends[Nodes - 1] = true;
        for (var node = Nodes - 2; node >= 0; node--)
            for (var arc = ArcStart[node]; arc < ArcStart[node + 1]; arc++)
                ends[node] |= keep[arc] &= ends[ArcTo[arc]];

        var numbers = new int[Nodes];
        Array.Fill(numbers, -1);
        var roots = 0;
        for (var root = 0; root < Roots; root++)
            if (ends[root]) numbers[root] = roots++;
        var nodes = roots;
        var optionNumbers = new int[OptionIds.Length];
        Array.Fill(optionNumbers, -1);
        var (start, option, to) = (new List<int>(), new List<int>(), new List<int>());
        var (ids, ranks) = (new List<int>(), new List<int>());
        for (var node = 0; node < Nodes - 1; node++)
        {
            if (node >= Roots && numbers[node] == 0) numbers[node] = nodes++;
            if (numbers[node] < 0) continue;
            start.Add(option.Count);
            for (var arc = ArcStart[node]; arc < ArcStart[node + 1]; arc++)
            {
                if (!keep[arc]) continue;
                var old = ArcOption[arc];
                if (optionNumbers[old] < 0)
                {
                    optionNumbers[old] = ids.Count;
                    ids.Add(OptionIds[old]);
                    ranks.Add(OptionRanks[old]);
                }

                option.Add(optionNumbers[old]);
                to.Add(ArcTo[arc]);
                if (numbers[ArcTo[arc]] < 0) numbers[ArcTo[arc]] = 0;
            }
        }

        if (roots == 0) return new PlacementLattice(0, [0], [], [], [], []);
        numbers[Nodes - 1] = nodes;
        start.Add(option.Count);
        start.Add(option.Count);
        for (var arc = 0; arc < to.Count; arc++) to[arc] = numbers[to[arc]];
        return new PlacementLattice(roots, [.. start], [.. option], [.. to], [.. ids], [.. ranks]);
    }

    private void LoadWeights(PathCut path, int cut, PlacementOptions options, RankCosts[] costs, long lag)
    {
        Constants[cut] = path.Lags * lag;
        for (var option = 0; option < OptionIds.Length; option++)
        {
            var rank = costs[OptionRanks[option]];
            Weights[(option * Stride) + cut] = rank.Weight(path, options.Durations(OptionIds[option], rank));
        }
    }
}
