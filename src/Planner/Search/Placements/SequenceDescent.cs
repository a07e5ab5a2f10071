using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Where layers differ, a second descent by moves of one layer, which costs every placement by its own layers: the first one sees how many they are
/// and no more. Layers pass from a stage to one close by, and all between them shift.
/// </summary>
internal sealed class SequenceDescent(PlacementProblem problem, RankCosts[] costs, Incumbent incumbent)
{
    private const int Reach = 4;
    private const int MostReplays = 600;

    private readonly StageContent[] contents = new StageContent[problem.Stages];
    private readonly LevelChoice levels = new(problem);
    private int replays;

    /// <summary>Descends from the counts, which it changes, until no move helps or the replays are used up.</summary>
    public void Run(LayerCounts counts, CancellationToken cancel)
    {
        if (problem.Sequence is null) return;
        var current = Offer(counts);
        for (var improved = true; improved && replays < MostReplays;)
        {
            improved = false;
            for (var from = 0; from < problem.Stages; from++)
            {
                for (var to = Math.Max(0, from - Reach); to <= Math.Min(problem.Stages - 1, from + Reach); to++)
                {
                    if (cancel.IsCancellationRequested || replays >= MostReplays) return;
                    if (to == from || counts.Layers[from] <= counts.Least(from) || !counts.Grows(to)) continue;
                    Move(counts, from, to);
                    var makespan = Offer(counts);
                    if (makespan < current) (current, improved) = (makespan, true);
                    else Move(counts, to, from);
                }
            }
        }
    }

    private static void Move(LayerCounts counts, int from, int to)
    {
        counts.Layers[from]--;
        counts.Layers[to]++;
    }

    private long Offer(LayerCounts counts)
    {
        replays++;
        counts.Contents(contents);
        if (problem.LevelsOfStage > 1) Choose(lean: false);
        var makespan = incumbent.Offer(new StagePlan([.. contents]));
        if (makespan < long.MaxValue || problem.LevelsOfStage == 1) return makespan;

        // The policies were chosen for the least that so many layers keep.
        Choose(lean: true);
        return incumbent.Offer(new StagePlan([.. contents]));
    }

    private void Choose(bool lean)
    {
        foreach (var rank in costs)
        {
            var chosen = levels.Choose(rank, contents, lean);
            for (var i = 0; i < chosen.Contents.Length; i++) contents[rank.Stages[i]] = chosen.Contents[i];
        }
    }
}
