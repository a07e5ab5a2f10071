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
        var (shares, first) = Shares(problem);
        for (var cut = 0; cut < cuts.Length; cut++)
        {
            var dense = Dense[cut] = new long[stages];
            var moe = Moe[cut] = new long[stages];
            var constant = cuts[cut].Lags * problem.Lag;
            long mtpLast = 0;
            long mtpBefore = 0;
            var coefficients = cuts[cut].Coefficients.AsSpan();
            for (var i = 0; i < coefficients.Length; i++)
            {
                long times = coefficients[i];
                if (times == 0) continue;
                for (var s = first[i]; s < first[i + 1]; s++)
                {
                    ref readonly var share = ref shares[s];
                    constant += times * share.Fixed;
                    if (share.Stage < 0) continue;
                    dense[share.Stage] += times * share.Dense;
                    moe[share.Stage] += times * share.Moe;
                    if (share.Stage == stages - 1) mtpLast += times * share.Mtp;
                    else mtpBefore += times * share.Mtp;
                }
            }

            if (problem.MtpModules > 0) constant += problem.MtpModules * (stages > 1 ? Math.Min(mtpLast, mtpBefore) : mtpLast);
            Constant[cut] = constant;
        }
    }

    /// <summary>Per cut: hand-overs, embedding, head, MTP at its cheaper place, and what ranks pay anyway.</summary>
    public long[] Constant { get; }

    /// <summary>Per cut and stage: ticks a dense layer.</summary>
    public long[][] Dense { get; }

    /// <summary>Per cut and stage: ticks an MoE layer.</summary>
    public long[][] Moe { get; }

    // What every stage adds to every duration, found once for all cuts: those of duration i lie from first[i] up to first[i + 1].
    private static (Share[] Shares, int[] First) Shares(PlacementProblem problem)
    {
        var durations = problem.Graph.Durations;
        var common = problem.MoeLayers >= problem.DenseLayers ? problem.Moe : problem.Dense;
        var traffic = common.PairForwardTraffic + common.PairBackwardTraffic > common.PairForwardCompute + common.PairBackwardCompute;
        var constant = new ItemCost[problem.Stages];
        for (var stage = 0; stage < constant.Length; stage++) constant[stage] = problem.Fixed(stage);
        var shares = new List<Share>(2 * durations.Length);
        var first = new int[durations.Length + 1];
        for (var i = 0; i < durations.Length; i++)
        {
            var key = durations[i];
            switch (key.Kind)
            {
                case OperationKind.Forward:
                    Add(key.Stage, static c => c.Forward);
                    break;
                case OperationKind.BackwardInput:
                    Add(key.Stage, static c => c.BackwardInput);
                    break;
                case OperationKind.Weight:
                    Add(key.Stage, static c => c.Weight);
                    break;
                case OperationKind.Backward:
                    Add(key.Stage, static c => c.BackwardInput + c.Weight);
                    break;
                case OperationKind.Overlapped:
                    Add(key.Stage, traffic ? static c => c.PairForwardTraffic : static c => c.PairForwardCompute);
                    Add(key.PairStage, traffic ? static c => c.PairBackwardTraffic : static c => c.PairBackwardCompute);
                    break;
                case OperationKind.ReduceGradients:
                    AddRank(key.Rank, static c => c.ReduceGradients);
                    break;
                case OperationKind.Update:
                    AddRank(key.Rank, static c => c.Update);
                    break;
                default:
                    throw new InvalidOperationException($"no duration for {key.Kind}");
            }

            first[i + 1] = shares.Count;
        }

        return ([.. shares], first);

        void AddRank(int rank, Func<ItemCost, long> part)
        {
            shares.Add(new Share(-1, 0, 0, part(problem.RankBase), 0));
            foreach (var stage in problem.Graph.StagesOfRank[rank]) Add(stage, part);
        }

        void Add(int stage, Func<ItemCost, long> part)
        {
            var mtp = stage == problem.Stages - 1 ? part(problem.MtpOnLast) : stage == problem.Stages - 2 ? part(problem.MtpBeforeLast) : 0;
            shares.Add(new Share(stage, part(problem.Dense), part(problem.Moe), part(constant[stage]), mtp));
        }
    }

    /// <summary>What one stage adds to one duration.</summary>
    /// <param name="Stage">Stage; -1 for what the rank pays whatever its stages hold.</param>
    /// <param name="Dense">A dense layer.</param>
    /// <param name="Moe">An MoE layer.</param>
    /// <param name="Fixed">Whatever its layers.</param>
    /// <param name="Mtp">The MTP module.</param>
    private readonly record struct Share(int Stage, long Dense, long Moe, long Fixed, long Mtp);
}
