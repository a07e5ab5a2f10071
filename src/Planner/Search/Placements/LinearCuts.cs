using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Cuts as linear functions of layers a stage, overlapped pairs as <see cref="DurationShares"/> has them: never longer than the cuts.
/// </summary>
internal sealed class LinearCuts
{
    public LinearCuts(PlacementProblem problem, PathCut[] cuts)
    {
        var stages = problem.Stages;
        Constant = new long[cuts.Length];
        Dense = new long[cuts.Length][];
        Moe = new long[cuts.Length][];
        if (problem.Sequence is not null) Parts = [.. cuts.Select(_ => new double[stages * LayerParts.Count])];
        var shares = new DurationShares(problem);
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
                foreach (ref readonly var share in shares.Of(i))
                {
                    constant += times * share.Fixed;
                    if (share.Stage < 0) continue;
                    dense[share.Stage] += times * share.Dense;
                    moe[share.Stage] += times * share.Moe;
                    for (int part = 0, parts = share.Parts; parts != 0; part++, parts >>= 1)
                        if ((parts & 1) != 0) Parts[cut][(share.Stage * LayerParts.Count) + part] += times;
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

    /// <summary>Where layers differ, per cut: weight of each of the <see cref="LayerParts"/> of every stage's layers.</summary>
    public double[][] Parts { get; } = [];

    /// <summary>Per cut and stage: ticks an MoE layer.</summary>
    public long[][] Moe { get; }
}
