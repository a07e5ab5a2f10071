using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// The least that layers of the main kind add to a weighted mean of cuts where stages have their own recompute policies, with the memory of every
/// rank in it: memory beyond a limit has a price, at which every layer takes the policy and stage that are cheapest for it. For any price that is a
/// lower bound, linear in the layers of the rank; the prices tried are those at which some policy gives way to a leaner one.
/// </summary>
internal sealed class RecomputeMix
{
    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly ItemCost[] layers;

    // Ticks of a layer by level, cut and stage; and in the weighted mean, by level and stage.
    private readonly long[][][] ticks;
    private readonly double[][] mean;

    // Of every rank and vector of micro-batches in flight: KiB over the limit without any layer of the main kind.
    private readonly double[][] over;
    private readonly List<Line>[] lines;
    private readonly double[] next;
    private readonly int[] least;
    private readonly int[] take;
    private int last;

    public RecomputeMix(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts)
    {
        this.problem = problem;
        this.costs = costs;
        var dense = problem.MoeLayers == 0;
        layers = [.. problem.Levels.Select(level => dense ? level.Dense : level.Moe)];
        ticks = [.. problem.Levels.Select(level => Of(new LinearCuts(problem with { Dense = level.Dense, Moe = level.Moe }, rankCuts), dense))];
        mean = [.. layers.Select(_ => new double[problem.Stages])];
        over = [.. costs.Select(rank => new double[rank.InFlight.Length])];
        lines = [.. costs.Select(_ => new List<Line>())];
        next = new double[costs.Length];
        take = new int[costs.Length];
        least = new int[problem.Stages];
    }

    /// <summary>Takes the dense layers of the first stages, the least layers of the main kind of every stage, and the first stage that may hold more.</summary>
    public void Fix(int[] dense, int[] main, int first)
    {
        main.CopyTo(least, 0);
        last = first;
        foreach (var rank in costs)
        {
            for (var vector = 0; vector < rank.InFlight.Length; vector++)
            {
                double held = problem.RankBase.StaticKib - problem.LimitKib;
                for (var i = 0; i < rank.Stages.Length; i++)
                {
                    var stage = rank.Stages[i];
                    var item = problem.Fixed(stage);
                    if (stage < dense.Length) item += dense[stage] * problem.Dense;
                    held += item.StaticKib + ((double)rank.InFlight[vector][i] * item.ActivationKib);
                }

                over[rank.Rank][vector] = held;
            }
        }
    }

    /// <summary>
    /// The least that all layers of the main kind add to the mean of the cuts, the surplus spread over the ranks within their rooms; remembers where
    /// it put them.
    /// </summary>
    public double Spread(double[] weights, int surplus, int[] room)
    {
        Mean(weights);
        double sum = 0;
        for (var rank = 0; rank < costs.Length; rank++)
        {
            Price(costs[rank]);
            take[rank] = 0;
            sum += At(rank, 0);
            next[rank] = room[rank] > 0 ? At(rank, 1) - At(rank, 0) : double.MaxValue;
        }

        for (var layer = 0; layer < surplus; layer++)
        {
            var best = 0;
            for (var rank = 1; rank < next.Length; rank++)
                if (next[rank] < next[best]) best = rank;
            if (next[best] == double.MaxValue) return sum;
            sum += next[best];
            take[best]++;
            next[best] = take[best] < room[best] ? At(best, take[best] + 1) - At(best, take[best]) : double.MaxValue;
        }

        return sum;
    }

    /// <summary>What the layers add to one cut where the last spread put them.</summary>
    public double Ticks(int cut)
    {
        double sum = 0;
        for (var rank = 0; rank < costs.Length; rank++)
        {
            var line = Active(rank, take[rank]);
            foreach (var stage in costs[rank].Stages)
                if (least[stage] > 0) sum += least[stage] * ticks[Cheapest(stage, line.Price, line.Flying(costs[rank], stage)).Level][cut][stage];
            if (take[rank] > 0) sum += take[rank] * ticks[line.Level][cut][line.Stage];
        }

        return sum;
    }

    private void Mean(double[] weights)
    {
        for (var level = 0; level < mean.Length; level++)
        {
            Array.Clear(mean[level]);
            for (var cut = 0; cut < weights.Length; cut++)
            {
                if (weights[cut] == 0) continue;
                var row = ticks[level][cut];
                for (var stage = 0; stage < row.Length; stage++) mean[level][stage] += weights[cut] * row[stage];
            }
        }
    }

    // Lines of a rank at the prices of its stages' policies.
    private void Price(RankCosts rank)
    {
        var found = lines[rank.Rank];
        found.Clear();
        for (var vector = 0; vector < rank.InFlight.Length; vector++)
        {
            if (vector == 0) found.Add(LineAt(rank, vector, 0));
            for (var i = 0; i < rank.Stages.Length; i++)
            {
                var flying = rank.InFlight[vector][i];
                if (flying == 0) continue;
                for (var dear = 0; dear < layers.Length; dear++)
                {
                    for (var lean = 0; lean < layers.Length; lean++)
                    {
                        var saved = (double)flying * (layers[dear].ActivationKib - layers[lean].ActivationKib);
                        var slower = mean[lean][rank.Stages[i]] - mean[dear][rank.Stages[i]];
                        if (saved > 0 && slower > 0) found.Add(LineAt(rank, vector, slower / saved));
                    }
                }
            }
        }
    }

    private Line LineAt(RankCosts rank, int vector, double price)
    {
        var start = price * over[rank.Rank][vector];
        var (slope, at, with) = (double.MaxValue, 0, 0);
        for (var i = 0; i < rank.Stages.Length; i++)
        {
            var stage = rank.Stages[i];
            var (level, value) = Cheapest(stage, price, rank.InFlight[vector][i]);
            start += least[stage] * value;
            if (stage >= last && value < slope) (slope, at, with) = (value, stage, level);
        }

        return new Line(start, slope == double.MaxValue ? 0 : slope, price, vector, at, with);
    }

    private (int Level, double Value) Cheapest(int stage, double price, int flying)
    {
        var (level, value) = (0, double.MaxValue);
        for (var i = 0; i < layers.Length; i++)
        {
            var here = mean[i][stage] + (price * (layers[i].StaticKib + ((double)flying * layers[i].ActivationKib)));
            if (here < value) (level, value) = (i, here);
        }

        return (level, value);
    }

    private double At(int rank, int count)
    {
        var most = double.MinValue;
        foreach (var line in lines[rank]) most = Math.Max(most, line.Start + (count * line.Slope));
        return most;
    }

    private Line Active(int rank, int count) => lines[rank].MaxBy(line => line.Start + (count * line.Slope));

    private static long[][] Of(LinearCuts cuts, bool dense) => dense ? cuts.Dense : cuts.Moe;

    /// <summary>Least ticks as a function of a rank's further layers, at a price of memory.</summary>
    private readonly record struct Line(double Start, double Slope, double Price, int Vector, int Stage, int Level)
    {
        public int Flying(RankCosts rank, int stage) => rank.InFlight[Vector][Array.IndexOf(rank.Stages, stage)];
    }
}
