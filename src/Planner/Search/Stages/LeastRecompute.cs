using System.Runtime.CompilerServices;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// What ranks must compute again at least where every stage has its own recompute policy: the backward time of one micro-batch beyond that of the
/// fastest policies, by how many layers the rank holds. Whole stages follow whole policies; of the moments at which a rank is fullest each is
/// looked at alone, and layers of several kinds count as the least of them, so it is never too much.
/// </summary>
internal sealed class LeastRecompute
{
    // More ways of one number of layers are drawn together in pairs, each pair the best of both.
    private const int MostWays = 64;

    private const double Slight = 1e-6;

    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly Dictionary<Key, long[]> known = [];
    private readonly long[][] ticks;
    private readonly (int Least, int Most)[] held;
    private int place;

    // Where a way leads: memory and time by the layers so far, before and after a stage.
    private Ways[] ways = [];
    private Ways[] next = [];

    /// <param name="problem">The placement.</param>
    /// <param name="costs">Its ranks.</param>
    public LeastRecompute(PlacementProblem problem, RankCosts[] costs)
    {
        (this.problem, this.costs) = (problem, costs);
        ticks = new long[costs.Length][];
        held = new (int Least, int Most)[costs.Length];
    }

    /// <summary>From here on only placements of a box count.</summary>
    public void Load(StageBox box)
    {
        place = box.Place;
        foreach (var rank in costs)
        {
            var key = Key.Of(rank, box);
            if (!known.TryGetValue(key, out var own)) known.Add(key, own = Of(rank, box));
            var (least, most) = (box.LeastOfRank[rank.Rank], Math.Min(box.MostOfRank[rank.Rank], own.Length - 1));
            while (most >= least && own[most] == long.MaxValue) most--;
            while (least < most && own[least] == long.MaxValue) least++;
            (ticks[rank.Rank], held[rank.Rank]) = (own, (least, most));
        }
    }

    /// <summary>Takes from a box that was loaded what does not fit, whatever is computed again; false where nothing is left.</summary>
    public bool Narrow(StageBox box)
    {
        for (var rank = 0; rank < held.Length; rank++)
        {
            (box.LeastOfRank[rank], box.MostOfRank[rank]) = held[rank];
            if (held[rank].Least > held[rank].Most) return false;
        }

        return true;
    }

    /// <summary>How much the recompute ticks of a rank grow with a layer, about such a number of layers.</summary>
    public double Slope(int rank, double layers)
    {
        var own = ticks[rank];
        var (least, most) = held[rank];
        if (least >= most) return 0;

        // The segment of the lower hull; at an end the last one before it.
        layers = Math.Clamp(layers, least + Slight, most - Slight);
        var (slope, lowest) = (0.0, double.MaxValue);
        for (var a = least; a <= layers; a++)
        {
            if (own[a] == long.MaxValue) continue;
            for (var b = (int)Math.Ceiling(layers); b <= most; b++)
            {
                if (b == a || own[b] == long.MaxValue) continue;
                var rise = (own[b] - own[a]) / (double)(b - a);
                var here = own[a] + (rise * (layers - a));
                if (here < lowest) (slope, lowest) = (rise, here);
            }
        }

        return slope;
    }

    /// <summary>The least that recompute ticks of a rank can be, less so much for every layer.</summary>
    public double Beyond(int rank, double slope)
    {
        var (own, lowest) = (ticks[rank], double.MaxValue);
        for (var layers = held[rank].Least; layers <= held[rank].Most; layers++)
            if (own[layers] < long.MaxValue) lowest = Math.Min(lowest, own[layers] - (slope * layers));
        return lowest < double.MaxValue ? lowest : 0;
    }

    private long[] Of(RankCosts rank, StageBox box)
    {
        var least = new long[box.MostOfRank[rank.Rank] + 1];
        Array.Fill(least, long.MaxValue);
        var own = new long[least.Length];
        var one = new long[least.Length];
        var fullest = Fullest(rank);
        foreach (var moment in Moments(rank))
        {
            Array.Clear(own);
            foreach (var vector in fullest)
            {
                Of(rank, box, vector, moment, one);
                for (var layers = 0; layers < own.Length; layers++) own[layers] = Math.Max(own[layers], one[layers]);
            }

            var more = false;
            for (var layers = 0; layers < own.Length; layers++)
            {
                least[layers] = Math.Min(least[layers], own[layers]);
                more |= least[layers] > 0;
            }

            if (!more) break;
        }

        return least;
    }

    // From the first moment at which the rank may be fullest to the last, and means: what is in flight passes from the later chunks to the earlier ones.
    private static List<double[]> Fullest(RankCosts rank)
    {
        var vectors = rank.InFlight;
        double[] first = [.. vectors[0]];
        if (vectors.Length == 1) return [first];
        double[] last = [.. vectors[^1]];
        return [first, last, [.. first.Zip(last, static (a, b) => (a + b) / 2)]];
    }

    // What policies need for a moment: with each as the most, those that need more are left out.
    private IEnumerable<long> Moments(RankCosts rank) =>
        rank.Stages.SelectMany(stage => Enumerable.Range(0, problem.LevelsOfStage).Select(level => Rest(stage, level).TransientKib)).Distinct().Order();

    private ItemCost Rest(int stage, int level) => problem.Rest(stage, level, stage == problem.Stages - 1 - place ? problem.MtpModules : 0);

    // By layers, with one vector of micro-batches in flight.
    private void Of(RankCosts rank, StageBox box, double[] inFlight, long moment, long[] least)
    {
        var all = least.Length;
        if (ways.Length < all) (ways, next) = (Empty(all), Empty(all));
        foreach (var some in ways) some.Clear();
        ways[0].Start(problem.RankBase.StaticKib + moment);
        for (var i = 0; i < rank.Stages.Length; i++)
        {
            foreach (var some in next) some.Clear();
            var stage = rank.Stages[i];
            var free = Rest(stage, StageContent.LeastOfLevels);
            for (var level = 0; level < problem.LevelsOfStage; level++)
            {
                var rest = Rest(stage, level);
                if (rest.TransientKib > moment) continue;
                var (kib, ticks) = (rest.StaticKib + (long)(inFlight[i] * rest.ActivationKib), Backward(rest) - Backward(free));
                var layer = Layer(stage, level, inFlight[i]);
                for (var held = box.Least[stage]; held <= box.Most[stage] && held < all; held++)
                    for (var before = 0; before + held < all; before++)
                        next[before + held].Join(ways[before], kib + (held * layer.Kib), ticks + (held * layer.Ticks), problem.LimitKib);
            }

            foreach (var some in next) some.Thin(MostWays);
            (ways, next) = (next, ways);
        }

        for (var layers = 0; layers < all; layers++) least[layers] = ways[layers].LeastTicks;
    }

    // A layer of the kind that keeps least and of the kind that adds least.
    private (long Kib, long Ticks) Layer(int stage, int level, double inFlight)
    {
        var policy = problem.Levels[level];
        if (policy.Sequence is { } sequence)
        {
            var least = (Kib: long.MaxValue, Ticks: long.MaxValue);
            for (var i = 0; i < sequence.Layers.Length; i++) least = Least(least, Of(sequence.Layers[i], problem.Sequence!.Layers[i]));
            return least;
        }

        var (dense, moe) = (Of(policy.Dense, problem.Dense), Of(policy.Moe, problem.Moe));
        if (problem.MoeLayers == 0) return dense;
        return problem.DenseLayers > 0 && stage <= problem.DenseLayers ? Least(dense, moe) : moe;

        (long Kib, long Ticks) Of(in ItemCost layer, in ItemCost free) => (layer.StaticKib + (long)(inFlight * layer.ActivationKib), Backward(layer) - Backward(free));

        static (long Kib, long Ticks) Least((long Kib, long Ticks) a, (long Kib, long Ticks) b) => (Math.Min(a.Kib, b.Kib), Math.Min(a.Ticks, b.Ticks));
    }

    private static long Backward(in ItemCost item) => item.BackwardInput + item.Weight;

    private static Ways[] Empty(int count) => [.. Enumerable.Range(0, count).Select(_ => new Ways())];

    /// <summary>A rank's part of a box.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Place">Of the MTP module.</param>
    /// <param name="Most">Layers of the rank.</param>
    /// <param name="Stages">Fewest and most layers of each stage.</param>
    private readonly record struct Key(int Rank, int Place, int Most, string Stages)
    {
        public static Key Of(RankCosts rank, StageBox box)
        {
            Span<char> stages = stackalloc char[2 * rank.Stages.Length];
            for (var i = 0; i < rank.Stages.Length; i++)
                (stages[2 * i], stages[(2 * i) + 1]) = ((char)box.Least[rank.Stages[i]], (char)box.Most[rank.Stages[i]]);
            return new Key(rank.Rank, box.Place, box.MostOfRank[rank.Rank], new string(stages));
        }
    }

    /// <summary>Ways to recompute, each with less time for more memory than the one before.</summary>
    private sealed class Ways
    {
        private long[] kib = new long[16];
        private long[] ticks = new long[16];
        private long[] joinedKib = new long[16];
        private long[] joinedTicks = new long[16];
        private int count;

        public long LeastTicks => count == 0 ? long.MaxValue : ticks[count - 1];

        public void Clear() => count = 0;

        public void Start(long held) => (kib[0], ticks[0], count) = (held, 0, 1);

        /// <summary>Adds other ways, each with so much more, that stay below a limit; leaves out what is beaten in both.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Join(Ways others, long moreKib, long moreTicks, long limit)
        {
            var theirs = others.count;
            while (theirs > 0 && others.kib[theirs - 1] + moreKib > limit) theirs--;
            if (theirs == 0) return;
            if (joinedKib.Length < count + theirs) (joinedKib, joinedTicks) = (new long[2 * (count + theirs)], new long[2 * (count + theirs)]);
            var (own, other, joined, least) = (0, 0, 0, long.MaxValue);
            while (own < count || other < theirs)
            {
                var (nextKib, nextTicks) = (0L, 0L);
                if (other == theirs || (own < count && kib[own] <= others.kib[other] + moreKib)) (nextKib, nextTicks) = (kib[own], ticks[own++]);
                else (nextKib, nextTicks) = (others.kib[other] + moreKib, others.ticks[other++] + moreTicks);
                if (nextTicks >= least) continue;
                least = nextTicks;
                if (joined > 0 && joinedKib[joined - 1] == nextKib) joined--;
                (joinedKib[joined], joinedTicks[joined++]) = (nextKib, nextTicks);
            }

            (kib, joinedKib, ticks, joinedTicks, count) = (joinedKib, kib, joinedTicks, ticks, joined);
        }

        /// <summary>No more than so many: two become one that is the best of both.</summary>
        public void Thin(int most)
        {
            while (count > most)
            {
                for (var pair = 0; pair < count / 2; pair++) (kib[pair], ticks[pair]) = (kib[2 * pair], ticks[(2 * pair) + 1]);
                if (count % 2 == 1) (kib[count / 2], ticks[count / 2]) = (kib[count - 1], ticks[count - 1]);
                count = (count + 1) / 2;
            }
        }
    }
}
