using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Cuts as linear functions of layers a stage: an overlapped pair is replaced by one of its two sides (compute or traffic, whichever is longer
/// for layers of the common kind), which is never longer than the pair.
/// </summary>
internal sealed class LinearCuts
{
    public LinearCuts(PlacementProblem problem, PathCut[] cuts)
    {
        var stages = problem.Stages;
        Constant = new long[cuts.Length];
        Dense = new long[cuts.Length][];
        Moe = new long[cuts.Length][];
        var common = problem.MoeLayers >= problem.DenseLayers ? problem.Moe : problem.Dense;
        var traffic = common.PairForwardTraffic + common.PairBackwardTraffic > common.PairForwardCompute + common.PairBackwardCompute;
        for (var cut = 0; cut < cuts.Length; cut++)
        {
            Dense[cut] = new long[stages];
            Moe[cut] = new long[stages];
            var constant = cuts[cut].Lags * problem.Lag;
            long mtpLast = 0;
            long mtpBefore = 0;
            for (var i = 0; i < problem.Graph.Durations.Length; i++)
            {
                long times = cuts[cut].Coefficients[i];
                if (times == 0) continue;
                var key = problem.Graph.Durations[i];
                switch (key.Kind)
                {
                    case OperationKind.Overlapped:
                        Add(cut, key.Stage, times, traffic ? c => c.PairForwardTraffic : c => c.PairForwardCompute);
                        Add(cut, key.PairStage, times, traffic ? c => c.PairBackwardTraffic : c => c.PairBackwardCompute);
                        break;
                    case OperationKind.ReduceGradients:
                        constant += times * problem.RankBase.ReduceGradients;
                        foreach (var stage in problem.Graph.StagesOfRank[key.Rank]) Add(cut, stage, times, c => c.ReduceGradients);
                        break;
                    case OperationKind.Update:
                        constant += times * problem.RankBase.Update;
                        foreach (var stage in problem.Graph.StagesOfRank[key.Rank]) Add(cut, stage, times, c => c.Update);
                        break;
                    default:
                        Add(cut, key.Stage, times, c => PlacementProblem.Duration(key, c, default));
                        break;
                }
            }

            if (problem.MtpModules > 0) constant += problem.MtpModules * (stages > 1 ? Math.Min(mtpLast, mtpBefore) : mtpLast);
            Constant[cut] = constant;

            void Add(int row, int stage, long times, Func<ItemCost, long> part)
            {
                Dense[row][stage] += times * part(problem.Dense);
                Moe[row][stage] += times * part(problem.Moe);
                constant += times * part(problem.Fixed(stage));
                if (stage == stages - 1) mtpLast += times * part(problem.MtpOnLast);
                else if (stage == stages - 2) mtpBefore += times * part(problem.MtpBeforeLast);
            }
        }
    }

    /// <summary>Per cut: hand-overs, embedding, head, MTP at its cheaper place, and what ranks pay anyway.</summary>
    public long[] Constant { get; }

    /// <summary>Per cut and stage: ticks a dense layer.</summary>
    public long[][] Dense { get; }

    /// <summary>Per cut and stage: ticks an MoE layer.</summary>
    public long[][] Moe { get; }
}
