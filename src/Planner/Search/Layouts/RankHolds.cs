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

    public RankHolds(ImmutableArray<ImmutableArray<LeastHeld>> ranks)
    {
        Ranks = ranks;
        var width = Vector<double>.Count;
        Lanes = (ranks.Length + width - 1) / width * width;
        Bounds = ranks.Max(rank => rank.Length);
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

    /// <summary>Most of <see cref="LeastHeld.Once"/>.</summary>
    public int MostOnce { get; }

    private int Lanes { get; }

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
}
