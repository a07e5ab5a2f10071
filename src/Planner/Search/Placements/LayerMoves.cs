using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// What moves of one layer do to the cuts, from one placement on. A layer taken from a stage or given to one changes few ranks, whatever the other
/// end of the move: its effect on every cut is kept until one of these ranks changes, and most moves are a sum of two.
/// </summary>
internal sealed class LayerMoves : IDisposable
{
    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly RankStates state;
    private readonly RankStates trial;
    private readonly RankCoefficients[] coefficients;
    private readonly LayerChange[] less;
    private readonly LayerChange[] more;

    // Ticks by cut: first of the changes, then what each rank adds at the placement. The length of a cut is the sum of the latter and its hand-overs.
    // A descent is short and needs much room: it is borrowed.
    private readonly long[] ticks;
    private readonly int stride;
    private readonly long[] lengths;
    private readonly long[] left;

    // Layers of each stage, and those before it.
    private readonly int[] layers;
    private readonly int[] before;
    private readonly bool[] changed;

    // Nothing that a rank does depends on two of its stages otherwise than by their sum.
    private readonly bool linear;
    private bool loaded;

    /// <param name="problem">The placement.</param>
    /// <param name="costs">The ranks.</param>
    /// <param name="state">The placement from which layers move.</param>
    /// <param name="trial">Takes other placements in between.</param>
    /// <param name="mostCuts">Cuts there will be at most.</param>
    public LayerMoves(PlacementProblem problem, RankCosts[] costs, RankStates state, RankStates trial, int mostCuts)
    {
        (this.problem, this.costs, this.state, this.trial) = (problem, costs, state, trial);
        stride = (mostCuts + Vector<long>.Count - 1) / Vector<long>.Count * Vector<long>.Count;
        coefficients = Array.ConvertAll(costs, rank => new RankCoefficients(rank, stride));
        var rows = (2 * problem.Stages) + costs.Length;
        ticks = ArrayPool<long>.Shared.Rent(rows * stride);
        Array.Clear(ticks, 0, rows * stride);
        less = [.. Enumerable.Range(0, problem.Stages).Select(stage => new LayerChange(stage * stride))];
        more = [.. Enumerable.Range(0, problem.Stages).Select(stage => new LayerChange((problem.Stages + stage) * stride))];
        (lengths, left) = (new long[stride], new long[stride]);
        (layers, before) = (new int[problem.Stages], new int[problem.Stages]);
        changed = new bool[costs.Length];
        linear = problem.LevelsOfStage == 1 && StageLines.Exact(problem);
    }

    /// <summary>Cuts so far.</summary>
    public int Cuts { get; private set; }

    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(ticks);
        foreach (var rank in coefficients) rank.Dispose();
    }

    /// <summary>Adds a cut.</summary>
    public void Add(PathCut cut)
    {
        var column = Cuts++;
        lengths[column] = cut.Lags * problem.Lag;
        for (var rank = 0; rank < costs.Length; rank++)
        {
            coefficients[rank].Add(cut);
            lengths[column] += ticks[OfRank(rank) + column] = coefficients[rank].Weight(column, state.Durations(rank));
        }

        if (!loaded) return;
        foreach (var change in less) Weigh(change, column);
        foreach (var change in more) Weigh(change, column);
    }

    /// <summary>Takes up the placement, which <see cref="state"/> has loaded.</summary>
    /// <param name="counts">Its layers; the same again afterwards.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(LayerCounts counts)
    {
        for (var rank = 0; rank < costs.Length; rank++)
        {
            changed[rank] = !loaded || state.Changed[rank];
            if (!changed[rank]) continue;
            for (var column = 0; column < Cuts; column++)
            {
                var weight = coefficients[rank].Weight(column, state.Durations(rank));
                lengths[column] += weight - ticks[OfRank(rank) + column];
                ticks[OfRank(rank) + column] = weight;
            }
        }

        var sum = 0;
        for (var stage = 0; stage < layers.Length; stage++)
        {
            (layers[stage], before[stage]) = (counts.Layers[stage], sum);
            sum += counts.Layers[stage];
        }

        for (var stage = 0; stage < layers.Length; stage++)
        {
            if (counts.Layers[stage] > 0) Renew(less[stage], stage, -1, counts);
            Renew(more[stage], stage, 1, counts);
        }

        loaded = true;
    }

    /// <summary>The two ends change different ranks, and neither what the other does.</summary>
    public bool Separate(int from, int to)
    {
        if (problem.MoeLayers == 0) return state.RankOf(from) != state.RankOf(to);

        // The end behind the dense layers, whatever the other end does to them, changes its own stage alone.
        return from < to
            ? before[to] - 1 >= problem.DenseLayers && !less[from].Has(state.RankOf(to))
            : before[from] >= problem.DenseLayers && !more[to].Has(state.RankOf(from));
    }

    /// <summary>A move does to every cut what its two ends do; it is so wherever they are separate.</summary>
    public bool AddsUp(int from, int to) => Separate(from, to) || (linear && less[from].Alone && more[to].Alone);

    /// <summary>Whether both ends of a move fit the memory, each for itself.</summary>
    public bool Fits(int from, int to) => less[from].Fits && more[to].Fits;

    /// <summary>Prepares <see cref="Bound(int, long)"/> for moves from a stage.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void From(int stage)
    {
        var first = less[stage].First;
        for (var i = 0; i < Cuts; i += Vector<long>.Count) (new Vector<long>(lengths, i) + new Vector<long>(ticks, first + i)).CopyTo(left, i);
    }

    /// <summary>Longest cut after a move to the stage, or one that reaches the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Bound(int to, long limit)
    {
        var first = more[to].First;
        var longest = Vector<long>.Zero;
        var reached = new Vector<long>(limit);

        // The newest cuts are those of the placement itself: they rule out most.
        for (var i = (Cuts - 1) / Vector<long>.Count * Vector<long>.Count; i >= 0; i -= Vector<long>.Count)
        {
            longest = Vector.Max(longest, new Vector<long>(left, i) + new Vector<long>(ticks, first + i));
            if (Vector.GreaterThanOrEqualAny(longest, reached)) break;
        }

        var most = longest[0];
        for (var i = 1; i < Vector<long>.Count; i++) most = Math.Max(most, longest[i]);
        return most;
    }

    /// <summary>Longest of the cuts from a number on after a move that adds up.</summary>
    public long Newest(int from, int to, int first)
    {
        long longest = 0;
        for (var cut = first; cut < Cuts; cut++) longest = Math.Max(longest, lengths[cut] + ticks[less[from].First + cut] + ticks[more[to].First + cut]);
        return longest;
    }

    /// <summary>Longest of the cuts from a number on at the trial, or one that reaches the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Trial(int first, long limit)
    {
        long longest = 0;
        for (var rank = 0; rank < changed.Length; rank++) changed[rank] = Differs(rank);
        for (var cut = Cuts - 1; cut >= first; cut--)
        {
            var length = lengths[cut];
            for (var rank = 0; rank < changed.Length; rank++)
                if (changed[rank]) length += coefficients[rank].Weight(cut, trial.Durations(rank)) - ticks[OfRank(rank) + cut];
            if (length >= limit) return length;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private int OfRank(int rank) => ((2 * less.Length) + rank) * stride;

    private bool Differs(int rank)
    {
        foreach (var stage in costs[rank].Stages)
            if (trial.Contents[stage] != state.Contents[stage]) return true;
        return false;
    }

    private void Renew(LayerChange change, int stage, int layer, LayerCounts counts)
    {
        // Behind the dense layers nothing but the own rank matters.
        var alone = problem.MoeLayers == 0 || before[stage] >= problem.DenseLayers;
        if (alone && change.Alone && !changed[state.RankOf(stage)]) return;
        counts.Layers[stage] += layer;
        trial.Load(counts);
        counts.Layers[stage] -= layer;
        change.Clear(alone);
        for (var rank = 0; rank < costs.Length; rank++)
            if (alone ? rank == state.RankOf(stage) : Differs(rank)) change.Add(rank, trial.Durations(rank), trial.Memory(rank) <= problem.LimitKib);
        for (var column = 0; column < Cuts; column++) Weigh(change, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(LayerChange change, int column)
    {
        long sum = 0;
        foreach (var (rank, durations) in change.Ranks) sum += coefficients[rank].Weight(column, durations) - ticks[OfRank(rank) + column];
        ticks[change.First + column] = sum;
    }

    /// <summary>A layer more or less on one stage.</summary>
    /// <param name="first">Where its ticks begin.</param>
    private sealed class LayerChange(int first)
    {
        private readonly List<(int Rank, long[] Durations)> ranks = [];

        public int First => first;

        /// <summary>Ranks that change, with their new durations.</summary>
        public ReadOnlySpan<(int Rank, long[] Durations)> Ranks => CollectionsMarshal.AsSpan(ranks);

        /// <summary>No other stage changes.</summary>
        public bool Alone { get; private set; }

        public bool Fits { get; private set; }

        public bool Has(int rank)
        {
            foreach (var one in ranks)
                if (one.Rank == rank) return true;
            return false;
        }

        public void Clear(bool alone)
        {
            ranks.Clear();
            (Alone, Fits) = (alone, true);
        }

        public void Add(int rank, ReadOnlySpan<long> durations, bool fits)
        {
            ranks.Add((rank, durations.ToArray()));
            Fits &= fits;
        }
    }
}
