using System.Collections.Immutable;
using System.Numerics;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>What the ranks of a pipeline hold at least, also in the lanes of vectors: lane by lane a rank, and its bounds one below the other.</summary>
internal sealed class RankHolds
{
    private readonly double[] once;
    private readonly double[] each;
    private readonly double[] counts;

    // Micro-batches that each layer is held for: on the rank that holds it shortest, and longest.
    private readonly int leastEach;
    private readonly int mostEach;

    public RankHolds(ImmutableArray<ImmutableArray<LeastHeld>> ranks, int stages)
    {
        Stages = stages / ranks.Length;
        Ranks = ranks;
        var width = Vector<double>.Count;
        Lanes = (ranks.Length + width - 1) / width * width;
        Bounds = ranks.Max(rank => rank.Length);
        leastEach = ranks.Min(rank => rank.Max(held => held.Each));
        mostEach = ranks.Max(rank => rank.Max(held => held.Each));
        (once, each, counts) = (new double[Bounds * Lanes], new double[Bounds * Lanes], new double[Lanes]);
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Lanes behind the last rank repeat it and do not count; a rank of fewer bounds repeats its last.
            var rank = ranks[Math.Min(lane, ranks.Length - 1)];
            counts[lane] = lane < ranks.Length ? 1 : 0;
            for (var bound = 0; bound < Bounds; bound++)
            {
                var held = rank[Math.Min(bound, rank.Length - 1)];
                (once[(bound * Lanes) + lane], each[(bound * Lanes) + lane]) = (held.Once, held.Each);
                MostOnce = Math.Max(MostOnce, held.Once);
            }
        }
    }

    /// <summary>By rank, a bound for each combination of micro-batches in flight.</summary>
    public ImmutableArray<ImmutableArray<LeastHeld>> Ranks { get; }

    /// <summary>Stages of a rank.</summary>
    public int Stages { get; }

    /// <summary>Most of <see cref="LeastHeld.Once"/>.</summary>
    public int MostOnce { get; }

    /// <summary>Ranks, and lanes behind the last to whole vectors.</summary>
    public int Lanes { get; }

    private int Bounds { get; }

    /// <summary>
    /// Whether all ranks together have room for so many layers. Whole KiB below 2^53 divide as exactly as integers do.
    /// </summary>
    /// <param name="room">KiB of a rank, no less than what <see cref="MostOnce"/> first layers keep.</param>
    /// <param name="first">KiB that a first layer keeps, a micro-batch.</param>
    /// <param name="layer">KiB of a layer, more than none.</param>
    /// <param name="kept">KiB that a layer keeps, a micro-batch.</param>
    /// <param name="wanted">Layers.</param>
    public bool Fit(double room, double first, double layer, double kept, int wanted)
    {
        // Ranks that all hold a layer as long, or as short, as any of them settle most cases.
        if (room - (MostOnce * first) >= Math.Ceiling((double)wanted / Ranks.Length) * (layer + (mostEach * kept))) return true;
        if (Ranks.Length * Math.Floor(room / (layer + (leastEach * kept))) < wanted) return false;
        var (rooms, firsts, layers, keeps) = (new Vector<double>(room), new Vector<double>(first), new Vector<double>(layer), new Vector<double>(kept));
        var sum = Vector<double>.Zero;
        for (var lane = 0; lane < Lanes; lane += Vector<double>.Count)
        {
            var fit = new Vector<double>(wanted);
            for (var i = lane; i < once.Length; i += Lanes)
            {
                var left = rooms - (new Vector<double>(once, i) * firsts);
                fit = Vector.Min(fit, Vector.Floor(left / (layers + (new Vector<double>(each, i) * keeps))));
            }

            sum += fit * new Vector<double>(counts, lane);
            if (Vector.Sum(sum) >= wanted) return true;
        }

        return false;
    }

    /// <summary>By rank the layers, and parts of one, for which there is room under the tightest of its bounds.</summary>
    /// <param name="room">KiB of a rank.</param>
    /// <param name="first">KiB that a first layer keeps, a micro-batch.</param>
    /// <param name="layer">KiB of a layer.</param>
    /// <param name="kept">KiB that a layer keeps, a micro-batch.</param>
    /// <param name="layers">Receives them, a lane each.</param>
    /// <param name="tightest">Receives the place of that bound; the first of equal ones.</param>
    public void Room(double room, double first, double layer, double kept, Span<double> layers, Span<double> tightest)
    {
        var (rooms, firsts, all, keeps) = (new Vector<double>(room), new Vector<double>(first), new Vector<double>(layer), new Vector<double>(kept));
        for (var lane = 0; lane < Lanes; lane += Vector<double>.Count)
        {
            var (fewest, by) = (new Vector<double>(double.MaxValue), Vector<double>.Zero);
            for (var (bound, i) = (0, lane); i < once.Length; bound++, i += Lanes)
            {
                var left = rooms - (new Vector<double>(once, i) * firsts);
                var fit = left / Vector.Max(Vector<double>.One, all + (new Vector<double>(each, i) * keeps));
                var fewer = Vector.LessThan(fit, fewest);
                (fewest, by) = (Vector.ConditionalSelect(fewer, fit, fewest), Vector.ConditionalSelect(fewer, new Vector<double>(bound), by));
            }

            fewest.CopyTo(layers[lane..]);
            by.CopyTo(tightest[lane..]);
        }
    }
}
