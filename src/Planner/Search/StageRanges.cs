using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Fewest and most layers of a kind that a stage can hold.</summary>
internal readonly record struct StageRange((int Least, int Most) Dense, (int Least, int Most) Moe)
{
    public static StageRange None { get; } = new((int.MaxValue, 0), (int.MaxValue, 0));

    public StageRange With(int dense, int moe) => new(
        (Math.Min(Dense.Least, dense), Math.Max(Dense.Most, dense)),
        (Math.Min(Moe.Least, moe), Math.Max(Moe.Most, moe)));
}

/// <summary>Ranges of all stages from what each rank alone may hold: it must fit, and with all others at their least no cut may pass the limit.</summary>
internal static class StageRanges
{
    public static StageRange[] Of(PlacementProblem problem, IReadOnlyList<PathCut> cuts, long limit)
    {
        var costs = RankCosts.Of(problem);
        var rules = new PlacementRules(problem);

        // Rank cuts are always among them: without any cut a rank could hold almost everything in many ways.
        cuts = [.. RankCuts.Of(problem.Graph), .. cuts];
        var options = PlacementOptions.Enumerate(problem, rules, costs, cuts, limit + 1, problem.LimitKib);
        var ranges = new StageRange[problem.Stages];
        Array.Fill(ranges, StageRange.None);
        for (var option = 0; option < options.Count; option++)
        {
            var rank = costs[options.Ranks[option]];
            var contents = options.Contents(option, rank);
            for (var i = 0; i < contents.Length; i++)
            {
                ref var range = ref ranges[rank.Stages[i]];
                range = range.With(contents[i].Dense, contents[i].Moe);
            }
        }

        // A stage that can hold nothing at all makes its layout impossible: the sums of layers then cannot be met.
        for (var stage = 0; stage < ranges.Length; stage++)
            if (ranges[stage] == StageRange.None) ranges[stage] = new StageRange((0, 0), (0, 0));
        return ranges;
    }
}
