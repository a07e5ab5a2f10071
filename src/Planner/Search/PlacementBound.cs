using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// A quick lower bound. A makespan T is excluded where the layers that every rank can take at most (by its own cut and its memory, the others
/// at their least) do not add up, or where some weighted mean of all cuts exceeds T for every spread of layers within those limits. Cuts are
/// taken linear; dense layers are tried at every place they can have.
/// </summary>
internal sealed class PlacementBound
{
    private const int MostPrefixes = 40;
    private const int Steps = 24;
    private const int Halvings = 7;

    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly LinearCuts cuts;
    private readonly List<(int[] Layers, int Last)> prefixes;
    private readonly int moeLayers;
    private readonly ItemCost moe;
    private readonly double[] lambda;
    private readonly long[] fixedLength;
    private readonly int[] room;
    private readonly int[] take;
    private readonly int[] stageOf;
    private readonly double[] price;
    private readonly double[][] moeTicks;
    private readonly double[] mean;
    private readonly int[] rankOf;
    private readonly int[] order;
    private readonly int[] least;

    // By prefix: surplus layers that the memory of each rank has room for, whatever the makespan; null until asked for.
    private readonly int[]?[] memoryRooms;

    private PlacementBound(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts)
    {
        this.problem = problem;
        this.costs = costs;
        (var dense, moeLayers, moe) = (problem.DenseLayers, problem.MoeLayers, problem.Moe);
        if (moeLayers == 0) (dense, moeLayers, moe) = (0, problem.DenseLayers, problem.Dense);
        prefixes = DensePrefixes.Of(dense, problem.Stages, MostPrefixes);
        if (prefixes.Count == 0)
        {
            // Too many places for the dense layers: all layers as cheap as the cheaper kind.
            moe = ItemCost.Least(problem.Dense, problem.Moe);
            moeLayers += dense;
            prefixes.Add(([], -1));
        }

        memoryRooms = new int[prefixes.Count][];
        cuts = new LinearCuts(problem with { Moe = moe }, rankCuts);
        lambda = new double[rankCuts.Length];
        Array.Fill(lambda, 1.0 / lambda.Length);
        fixedLength = new long[lambda.Length];
        room = new int[costs.Length];
        take = new int[costs.Length];
        stageOf = new int[costs.Length];
        price = new double[costs.Length];
        order = new int[costs.Length];
        least = new int[problem.Stages];
        moeTicks = [.. cuts.Moe.Select(ticks => Array.ConvertAll(ticks, static t => (double)t))];
        mean = new double[problem.Stages];
        rankOf = new int[problem.Stages];
        foreach (var rank in costs)
            foreach (var stage in rank.Stages) rankOf[stage] = rank.Rank;
    }

    /// <summary>Lower bound in ticks; long.MaxValue where nothing fits. Stops at <paramref name="enough"/>, and with a lower bound where cancelled.</summary>
    public static long Of(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts, long enough, CancellationToken cancel = default)
    {
        var bound = new PlacementBound(problem, costs, rankCuts);
        if (bound.Excludes(long.MaxValue / 4)) return long.MaxValue;
        if (enough < long.MaxValue && bound.Excludes(enough)) return enough;

        // First by doubling steps from what is plainly needed, then by halving.
        var low = bound.Plain();
        var step = Math.Max(1, low / 256);
        while (low + step < enough && !cancel.IsCancellationRequested && bound.Excludes(low + step))
        {
            low += step;
            step *= 2;
        }

        var high = Math.Min(low + step, enough);
        for (var i = 0; i < Halvings && high - low > 1 && !cancel.IsCancellationRequested; i++)
        {
            var middle = low + ((high - low) / 2);
            if (bound.Excludes(middle)) low = middle;
            else high = middle;
        }

        return low;
    }

    // No cut is shorter than with every stage at its least.
    private long Plain()
    {
        var shortest = long.MaxValue;
        foreach (var (layers, last) in prefixes)
        {
            Fix(layers, last);
            shortest = Math.Min(shortest, fixedLength.Max());
        }

        return shortest;
    }

    // True only if no placement is shorter than the limit.
    private bool Excludes(long limit)
    {
        for (var prefix = 0; prefix < prefixes.Count; prefix++)
        {
            var (layers, last) = prefixes[prefix];
            var surplus = Fix(layers, last);
            if (surplus < 0) continue;
            memoryRooms[prefix] ??= Array.ConvertAll(costs, rank => MemoryRoom(rank, layers, last));
            if (!Rooms(limit, memoryRooms[prefix]!, last, surplus)) continue;
            if (!Outweighs(limit, last, surplus)) return false;
        }

        return true;
    }

    // Lengths of all cuts with every stage at its least; returns the layers still to place.
    private int Fix(int[] layers, int last)
    {
        var stages = problem.Stages;
        var surplus = moeLayers;
        for (var stage = 0; stage < stages; stage++)
        {
            var optional = stage <= last || stage == 0 || stage == stages - 1 || (stage == stages - 2 && problem.MtpModules > 0);
            least[stage] = optional ? 0 : 1;
            surplus -= least[stage];
        }

        for (var cut = 0; cut < fixedLength.Length; cut++)
        {
            var length = cuts.Constant[cut];
            for (var stage = 0; stage < layers.Length; stage++) length += layers[stage] * cuts.Dense[cut][stage];
            for (var stage = last + 1; stage < stages; stage++) length += least[stage] * cuts.Moe[cut][stage];
            fixedLength[cut] = length;
        }

        return surplus;
    }

    // Most surplus layers of every rank for a makespan below the limit; false where they are too few.
    private bool Rooms(long limit, int[] memoryRoom, int last, int surplus)
    {
        var ranks = costs.Length;
        long total = 0;
        for (var rank = 0; rank < ranks; rank++) room[rank] = Math.Min(surplus, memoryRoom[rank]);
        for (var cut = 0; cut < lambda.Length; cut++)
        {
            if (fixedLength[cut] >= limit) return false;
            var rank = cut % ranks;
            var coefficients = cuts.Moe[cut];
            var (own, others) = (long.MaxValue, long.MaxValue);
            for (var stage = Math.Max(0, last); stage < problem.Stages; stage++)
            {
                if (rankOf[stage] == rank) own = Math.Min(own, coefficients[stage]);
                else others = Math.Min(others, coefficients[stage]);
            }

            if (own == long.MaxValue)
            {
                room[rank] = 0;
                continue;
            }

            // fixed + n own + (surplus - n) others < limit.
            if (others == long.MaxValue) others = 0;
            var budget = limit - 1 - fixedLength[cut] - (surplus * others);
            if (own > others) room[rank] = budget < 0 ? -1 : (int)Math.Min(room[rank], budget / (own - others));
        }

        for (var rank = 0; rank < ranks; rank++)
        {
            if (room[rank] < 0) return false;
            total += room[rank];
        }

        return total >= surplus;
    }

    private int MemoryRoom(RankCosts rank, int[] layers, int last)
    {
        var stages = problem.Stages;
        var most = int.MaxValue;
        foreach (var vector in rank.InFlight)
        {
            var held = problem.RankBase.StaticKib;
            var cheapest = long.MaxValue;
            for (var i = 0; i < rank.Stages.Length; i++)
            {
                var stage = rank.Stages[i];
                var item = least[stage] * moe;
                if (stage < layers.Length) item += layers[stage] * problem.Dense;
                item += problem.Fixed(stage);
                held += item.StaticKib + (vector[i] * item.ActivationKib);
                if (stage >= last) cheapest = Math.Min(cheapest, moe.StaticKib + (vector[i] * moe.ActivationKib));
            }

            if (held > problem.LimitKib) return -1;
            if (cheapest == long.MaxValue) return 0;
            if (cheapest > 0) most = (int)Math.Min(most, (problem.LimitKib - held) / cheapest);
        }

        return most;
    }

    // Some mean of the cuts is never below the limit while ranks stay within their rooms.
    private bool Outweighs(long limit, int last, int surplus)
    {
        if (limit >= long.MaxValue / 4) return false;
        var target = (double)limit;
        for (var step = 0; step < Steps; step++)
        {
            double length = 0;
            for (var cut = 0; cut < lambda.Length; cut++) length += lambda[cut] * fixedLength[cut];
            length += Spread(last, surplus);
            if (length > target * (1 + 1e-9)) return true;
            if (!Turn(length, target)) return false;
        }

        return false;
    }

    // The least that the surplus adds to the mean of the cuts within the ranks' rooms.
    private double Spread(int last, int surplus)
    {
        Cheapest(last);
        double length = 0;
        var left = surplus;
        Array.Sort(price, order);
        for (var i = 0; i < order.Length; i++)
        {
            take[order[i]] = Math.Min(left, room[order[i]]);
            left -= take[order[i]];
            if (take[order[i]] > 0) length += price[i] * take[order[i]];
        }

        return length;
    }

    // Every rank's cheapest stage for a further layer in the mean of the cuts.
    private void Cheapest(int last)
    {
        Array.Fill(price, double.MaxValue);
        Array.Clear(mean);
        for (var cut = 0; cut < lambda.Length; cut++)
        {
            var share = lambda[cut];
            if (share == 0) continue;
            var ticks = moeTicks[cut];
            for (var stage = 0; stage < mean.Length; stage++) mean[stage] += share * ticks[stage];
        }

        foreach (var rank in costs)
        {
            order[rank.Rank] = rank.Rank;
            foreach (var stage in rank.Stages)
            {
                if (stage < last) continue;
                if (mean[stage] >= price[rank.Rank]) continue;
                price[rank.Rank] = mean[stage];
                stageOf[rank.Rank] = stage;
            }
        }
    }

    // A subgradient step of the weights towards the cuts that are long at the current spread.
    private bool Turn(double length, double target)
    {
        Span<double> excess = stackalloc double[lambda.Length];
        double norm = 0;
        for (var cut = 0; cut < excess.Length; cut++)
        {
            double here = fixedLength[cut];
            for (var rank = 0; rank < take.Length; rank++)
                if (take[rank] > 0) here += take[rank] * cuts.Moe[cut][stageOf[rank]];
            excess[cut] = here - length;
            norm += excess[cut] * excess[cut];
        }

        if (norm == 0) return false;
        var stride = 1.2 * (target - length) / norm;
        double sum = 0;
        for (var cut = 0; cut < excess.Length; cut++)
        {
            lambda[cut] = Math.Max(0, lambda[cut] + (stride * excess[cut]));
            sum += lambda[cut];
        }

        if (sum <= 0)
        {
            Array.Fill(lambda, 1.0 / lambda.Length);
            return true;
        }

        for (var cut = 0; cut < excess.Length; cut++) lambda[cut] /= sum;
        return true;
    }
}
