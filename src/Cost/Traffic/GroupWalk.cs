using System.Collections.Immutable;
using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>
/// Spread of a token's experts over groups where a group counts as much as its best expert (DeepSeek V2), exactly.
/// Experts with independent, equal scores, taken from the best down, come in random order. The groups chosen are the first
/// ones to appear, and the experts chosen are the first of these groups. So the walk over the experts is a Markov chain whose state
/// is how many experts of each group have come; the scores' distribution does not matter.
/// </summary>
internal static class GroupWalk
{
    public static ImmutableArray<ExpertSpread> Spreads(MoeSpec moe)
    {
        var states = new List<ExpertSpread> { new([], 1) };
        for (int taken = 0; taken < moe.TopK; taken++)
        {
            var next = new List<ExpertSpread>();
            foreach (var state in states)
                Step(state, taken, moe, next);
            states = next;
        }

        return [.. states];
    }

    private static void Step(ExpertSpread state, int taken, MoeSpec moe, List<ExpertSpread> next)
    {
        int groups = moe.Router.Groups;
        int size = moe.Experts / groups;
        int opened = state.Counts.Length;
        bool mayOpen = opened < moe.Router.GroupLimit;
        double candidates = ((mayOpen ? groups : opened) * size) - taken;
        for (int i = 0; i < opened; i++)
            Add(next, state.Counts.SetItem(i, state.Counts[i] + 1), state.Probability * (size - state.Counts[i]) / candidates);
        if (mayOpen)
            Add(next, state.Counts.Add(1), state.Probability * (groups - opened) * size / candidates);
    }

    private static void Add(List<ExpertSpread> states, ImmutableArray<int> counts, double probability)
    {
        if (probability <= 0)
            return;
        var sorted = counts.Sort(static (left, right) => right.CompareTo(left));
        int at = states.FindIndex(state => state.Counts.AsSpan().SequenceEqual(sorted.AsSpan()));
        if (at < 0)
            states.Add(new(sorted, probability));
        else
            states[at] = states[at] with { Probability = states[at].Probability + probability };
    }
}
