using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// What a rank's memory costs in time where every stage has its own recompute policy: a rank whose layers do not fit under the fastest policy
/// must compute some of them again, and every KiB freed lengthens a cut by so much at least. Only layers of the main kind count as kept whole.
/// </summary>
internal sealed class RecomputeTrade
{
    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;

    // Ticks a KiB, by rank (that of the cut) and vector of micro-batches in flight; one row for each cut.
    private readonly double[][] rates;
    private readonly ItemCost fast;

    // By rank and vector: KiB over the limit with every stage at its least, and KiB of a further layer.
    private readonly long[][] over;
    private readonly long[][] layer;

    public RecomputeTrade(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts, LinearCuts least)
    {
        this.problem = problem;
        this.costs = costs;
        var levels = problem.Levels.Select(Main).ToArray();
        var fastest = 0;
        for (var level = 1; level < levels.Length; level++)
            if (levels[level].BackwardInput < levels[fastest].BackwardInput) fastest = level;
        fast = levels[fastest];
        rates = new double[rankCuts.Length][];
        over = [.. costs.Select(rank => new long[rank.InFlight.Length])];
        layer = [.. costs.Select(rank => new long[rank.InFlight.Length])];
        for (var cut = 0; cut < rates.Length; cut++)
        {
            rates[cut] = new double[costs[cut % costs.Length].InFlight.Length];
            Array.Fill(rates[cut], double.MaxValue);
        }

        for (var level = 0; level < levels.Length; level++)
        {
            if (levels[level].ActivationKib >= fast.ActivationKib) continue;
            var slower = new LinearCuts(problem with { Dense = problem.Levels[level].Dense, Moe = problem.Levels[level].Moe }, rankCuts);
            for (var cut = 0; cut < rates.Length; cut++) Rate(cut, Ticks(slower)[cut], Ticks(least)[cut], fast.ActivationKib - levels[level].ActivationKib);
        }
    }

    /// <summary>Takes the dense layers of the first stages, and how many layers of the main kind every stage holds at least.</summary>
    public void Fix(int[] dense, int[] main)
    {
        foreach (var rank in costs)
        {
            for (var vector = 0; vector < rank.InFlight.Length; vector++)
            {
                var flying = rank.InFlight[vector];
                var (held, further, moment) = (problem.RankBase.StaticKib, long.MaxValue, 0L);
                for (var i = 0; i < flying.Length; i++)
                {
                    var stage = rank.Stages[i];
                    var item = problem.Fixed(stage);
                    if (stage < dense.Length) item += dense[stage] * problem.Dense;
                    item += main[stage] * fast;
                    held += item.StaticKib + (flying[i] * item.ActivationKib);
                    moment = Math.Max(moment, item.TransientKib);
                    further = Math.Min(further, fast.StaticKib + (flying[i] * fast.ActivationKib));
                }

                (over[rank.Rank][vector], layer[rank.Rank][vector]) = (held - problem.LimitKib, further);
            }
        }
    }

    /// <summary>Ticks that so many further layers on the cut's rank add to the cut at least, beyond the least that a layer takes.</summary>
    public double Ticks(int rank, int cut, int layers)
    {
        var most = 0.0;
        for (var vector = 0; vector < over[rank].Length; vector++)
        {
            var kib = over[rank][vector] + (layers * layer[rank][vector]);
            if (kib > 0 && rates[cut][vector] < double.MaxValue) most = Math.Max(most, kib * rates[cut][vector] * (1 - 1e-9));
        }

        return most;
    }

    private void Rate(int cut, long[] slower, long[] least, long savedKib)
    {
        var rank = costs[cut % costs.Length];
        for (var vector = 0; vector < rank.InFlight.Length; vector++)
        {
            for (var i = 0; i < rank.Stages.Length; i++)
            {
                var flying = rank.InFlight[vector][i];
                if (flying == 0) continue;
                var rate = Math.Max(0, slower[rank.Stages[i]] - least[rank.Stages[i]]) / ((double)flying * savedKib);
                rates[cut][vector] = Math.Min(rates[cut][vector], rate);
            }
        }
    }

    private long[][] Ticks(LinearCuts cuts) => problem.MoeLayers > 0 ? cuts.Moe : cuts.Dense;

    private ItemCost Main(RecomputeLevel level) => problem.MoeLayers > 0 ? level.Moe : level.Dense;
}
