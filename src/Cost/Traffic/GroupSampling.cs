using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>
/// Spread of a token's experts over groups where a group counts as much as its two best experts together (DeepSeek V3), by
/// sampling tokens with the rule itself: independent scores, uniform in 0..1; the groups with the highest sums; the best experts in these.
/// </summary>
/// <remarks>
/// A token's experts come from the best down. The distances of uniform scores from 1, in this order, are running sums of exponentials but for a
/// common factor, and the rule only compares sums of two: so no score is computed, and a token ends after about 20 of 256
/// experts, as soon as no other group can overtake the chosen ones. Sampling stops at the standard error below. The scores' distribution matters
/// little: with normal scores a token of V3 reaches 3.970 groups instead of 3.953.
/// </remarks>
internal sealed class GroupSampling
{
    /// <summary>Of the mean number of groups that a token reaches.</summary>
    private const double StandardError = 0.003;
    private const int TokensBetweenChecks = 1024;
    private const ulong Seed = 1;

    private readonly int topK;
    private readonly int groups;
    private readonly int groupLimit;
    private readonly int groupSize;
    private readonly int[] usedBy;
    private readonly int[] groupOfStep;
    private readonly double[] best;
    private readonly double[] topTwo;
    private readonly int[] ranking;
    private readonly int[] countOf;
    private SplitMix64 random = new(Seed);

    private GroupSampling(MoeSpec moe)
    {
        topK = moe.TopK;
        groups = moe.Router.Groups;
        groupLimit = moe.Router.GroupLimit;
        groupSize = moe.Experts / groups;
        usedBy = new int[moe.Experts];
        groupOfStep = new int[moe.Experts];
        best = new double[groups];
        topTwo = new double[groups];
        ranking = new int[groups];
        countOf = new int[groups];
    }

    public static ImmutableArray<ExpertSpread> Spreads(MoeSpec moe)
    {
        var sampling = new GroupSampling(moe);
        var tally = new SpreadTally(moe.TopK);
        int token = 0;
        do
        {
            for (int i = 0; i < TokensBetweenChecks; i++)
            {
                sampling.Sample(++token);
                tally.Add(sampling.countOf);
            }
        }
        while (tally.StandardErrorOfGroups() > StandardError);

        return tally.Spreads();
    }

    // Optimized at once: it runs in a process's first milliseconds, when the runtime would still run unoptimized code.
    /// <summary>Leaves in countOf how many experts of each group the token uses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sample(int token)
    {
        int steps = ChooseGroups(token);
        Array.Fill(countOf, -1);
        for (int i = 0; i < groupLimit; i++)
            countOf[ranking[i]] = 0;
        int taken = 0;
        for (int step = 0; step < steps && taken < topK; step++)
        {
            if (countOf[groupOfStep[step]] < 0)
                continue;
            countOf[groupOfStep[step]]++;
            taken++;
        }

        // The rest are any experts of the chosen groups that have not come yet.
        for (; taken < topK; taken++)
            countOf[ranking[Draw(token, groupLimit, ranking)]]++;
        for (int group = 0; group < groups; group++)
            countOf[group] = Math.Max(countOf[group], 0);
    }

    /// <summary>Takes experts from the best down until the first groupLimit places of the ranking are final; returns how many it took.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ChooseGroups(int token)
    {
        Array.Clear(best);
        Array.Clear(topTwo);
        double distance = 0;
        int ranked = 0;
        int steps = 0;
        do
        {
            distance += random.Exponential();
            int group = Draw(token);
            groupOfStep[steps++] = group;
            if (best[group] == 0)
            {
                best[group] = distance;
            }
            else if (topTwo[group] == 0)
            {
                topTwo[group] = best[group] + distance;
                Rank(group, ranked++);
            }
        }
        while (ranked < groupLimit || CanBeOvertaken(topTwo[ranking[groupLimit - 1]], distance));

        return steps;
    }

    /// <summary>Whether a group of which one expert has come can still get below the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool CanBeOvertaken(double sum, double distance)
    {
        for (int group = 0; group < groups; group++)
        {
            if (topTwo[group] == 0 && best[group] > 0 && best[group] + distance < sum)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rank(int group, int place)
    {
        for (; place > 0 && topTwo[ranking[place - 1]] > topTwo[group]; place--)
            ranking[place] = ranking[place - 1];
        ranking[place] = group;
    }

    /// <summary>Draws an expert that has not come yet out of the first groups of a list, all being equally likely; returns the group's place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Draw(int token, int count, ReadOnlySpan<int> list)
    {
        while (true)
        {
            int drawn = random.Below(count * groupSize);
            int place = drawn / groupSize;
            int expert = (list[place] * groupSize) + (drawn % groupSize);
            if (usedBy[expert] == token)
                continue;
            usedBy[expert] = token;
            return place;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Draw(int token)
    {
        while (true)
        {
            int expert = random.Below(usedBy.Length);
            if (usedBy[expert] == token)
                continue;
            usedBy[expert] = token;
            return expert / groupSize;
        }
    }
}
