using System.Collections.Concurrent;
using System.Collections.Immutable;
using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>
/// How many of the parts (ranks, nodes) that hold a layer's experts a token reaches, on average, its own part included. Experts lie on
/// the parts in order, in equal blocks; all are equally popular and independent, which trained routers are not: it is a default.
/// </summary>
/// <remarks>
/// First the experts' spread over the router's groups: one group where the choice is not limited; exact where a group's score is its best
/// expert's; sampled with a fixed seed where it is the sum of its two best (standard error 0.003 groups). Then, exactly, the parts: a part with o
/// of a group's n experts is missed by the c chosen there with probability C(n-o, c) / C(n, c).
/// Without groups this is R * (1 - C(E-E/R, k) / C(E, k)). Remote shares, (parts - 1) / parts, are the caller's.
/// </remarks>
public sealed class RouterReach
{
    private readonly int experts;
    private readonly int groups;
    private static readonly ConcurrentDictionary<MoeSpec, Lazy<RouterReach>> Known = new();
    private readonly ConcurrentDictionary<int, double> reached = new();
    private readonly int groupSize;
    private readonly ImmutableArray<ExpertSpread> spreads;

    private RouterReach(int experts, int groups, ImmutableArray<ExpertSpread> spreads)
    {
        this.experts = experts;
        this.groups = groups;
        groupSize = experts / groups;
        this.spreads = spreads;
    }

    /// <summary>Expected number of distinct parts that a token reaches, for each number of parts.</summary>
    public static double[] Expected(MoeSpec moe, ReadOnlySpan<int> parts)
    {
        var reach = Of(moe);
        var expected = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            expected[i] = reach.Parts(parts[i]);
        return expected;
    }

    /// <summary>The reach of a router; sampled once, then kept.</summary>
    /// <exception cref="ArgumentException">The router cannot choose its experts: groups do not divide them, or the chosen groups hold too few.</exception>
    public static RouterReach Of(MoeSpec moe) => Known.GetOrAdd(moe, static key => new Lazy<RouterReach>(() => Make(key))).Value;

    private static RouterReach Make(MoeSpec moe)
    {
        var router = moe.Router;
        if (router.Groups < 1 || moe.Experts % router.Groups != 0)
            throw new ArgumentException($"{router.Groups} router groups do not divide {moe.Experts} experts.", nameof(moe));
        if (router.GroupLimit < 1 || router.GroupLimit > router.Groups)
            throw new ArgumentException($"A group limit of {router.GroupLimit} is not in 1..{router.Groups}.", nameof(moe));
        int groupSize = moe.Experts / router.Groups;
        if (moe.TopK < 1 || moe.TopK > router.GroupLimit * groupSize)
            throw new ArgumentException($"Top-{moe.TopK} is not in 1..{router.GroupLimit * groupSize}, the experts of {router.GroupLimit} groups.", nameof(moe));

        if (router.GroupLimit == router.Groups)
            return new(moe.Experts, 1, [new([moe.TopK], 1)]);
        bool sampled = router.Score == GroupScore.TopTwoSum && groupSize > 1;
        return new(moe.Experts, router.Groups, sampled ? GroupSampling.Spreads(moe) : GroupWalk.Spreads(moe));
    }

    /// <summary>Expected number of distinct parts that a token reaches; part i holds experts i*E/parts .. (i+1)*E/parts - 1.</summary>
    public double Parts(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        return reached.GetOrAdd(parts, Count);
    }

    private double Count(int parts)
    {
        double expected = 0;
        double missed = 1;
        var known = (First: -1, Whole: -1, Last: -1);
        for (int part = 0; part < parts; part++)
        {
            var overlap = Overlap((int)((long)part * experts / parts), (int)((part + 1L) * experts / parts));
            if (overlap != known)
            {
                known = overlap;
                missed = 0;
                foreach (var spread in spreads)
                    missed += spread.Probability * Missed(spread.Counts, overlap);
            }

            expected += 1 - missed;
        }

        return expected;
    }

    /// <summary>A block of experts as it lies on groups: a piece of one, whole ones, a piece of another.</summary>
    private (int First, int Whole, int Last) Overlap(int start, int end)
    {
        int firstBorder = (start + groupSize - 1) / groupSize * groupSize;
        int lastBorder = end / groupSize * groupSize;
        if (firstBorder > lastBorder)
            return (end - start, 0, 0);
        int whole = (lastBorder - firstBorder) / groupSize;
        return firstBorder > start ? (firstBorder - start, whole, end - lastBorder) : (end - lastBorder, whole, 0);
    }

    /// <summary>Probability that no chosen expert lies in the block, the spread's groups being any of the groups with equal probability.</summary>
    private double Missed(ImmutableArray<int> counts, (int First, int Whole, int Last) overlap)
    {
        // The whole groups must be among those without a chosen expert.
        int empty = groups - counts.Length;
        int left = groups;
        double probability = 1;
        for (int i = 0; i < overlap.Whole; i++)
            probability *= Math.Max(empty--, 0) / (double)left--;
        if (probability == 0 || overlap.First == 0)
            return probability;

        double any = 0;
        for (int i = -1; i < counts.Length; i++)
        {
            int same = i < 0 ? empty : 1;
            double here = same * MissedInGroup(i < 0 ? 0 : counts[i], overlap.First) / left;
            if (here > 0)
                any += here * (overlap.Last == 0 ? 1 : MissedInOther(counts, i, empty, left, overlap.Last));
        }

        return probability * any;
    }

    /// <summary>The same for a piece of a second group, which is not the one at index taken (-1: an empty one).</summary>
    private double MissedInOther(ImmutableArray<int> counts, int taken, int empty, int left, int piece)
    {
        double any = empty - (taken < 0 ? 1 : 0);
        for (int i = 0; i < counts.Length; i++)
        {
            if (i != taken)
                any += MissedInGroup(counts[i], piece);
        }

        return any / (left - 1);
    }

    /// <summary>C(n-o, c) / C(n, c): none of the c chosen among a group's n experts lies in a piece of o.</summary>
    private double MissedInGroup(int chosen, int piece)
    {
        double probability = 1;
        for (int i = 0; i < chosen; i++)
            probability *= Math.Max(groupSize - piece - i, 0) / (double)(groupSize - i);
        return probability;
    }
}
