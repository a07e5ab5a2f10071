using System.Numerics;
using System.Runtime.CompilerServices;
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
    private readonly ShiftedLayers? shifted;
    private readonly Prefix[] prefixes;
    private readonly int moeLayers;
    private readonly ItemCost moe;
    private readonly double[] lambda;
    private readonly int[] room;
    private readonly int[] take;
    private readonly int[] stageOf;
    private readonly double[] price;
    private readonly double[][] moeTicks;
    private readonly double[] mean;
    private readonly int[] rankOf;
    private readonly int[] order;

    private PlacementBound(PlacementProblem problem, RankCosts[] costs, PathCut[] rankCuts)
    {
        this.problem = problem;
        this.costs = costs;
        (var dense, moeLayers, moe) = (problem.DenseLayers, problem.MoeLayers, problem.Moe);
        if (moeLayers == 0) (dense, moeLayers, moe) = (0, problem.DenseLayers, problem.Dense);
        var places = DensePrefixes.Of(dense, problem.Stages, MostPrefixes);
        if (places.Count == 0)
        {
            // Too many places for the dense layers: all layers as cheap as the cheaper kind.
            moe = ItemCost.Least(problem.Dense, problem.Moe);
            moeLayers += dense;
            places.Add(([], -1));
        }

        prefixes = [.. places.Select(place => new Prefix(place.Layers, place.Last))];
        cuts = new LinearCuts(problem with { Moe = moe }, rankCuts);
        if (problem.Sequence is not null) shifted = new ShiftedLayers(problem, cuts);
        lambda = new double[rankCuts.Length];
        Array.Fill(lambda, 1.0 / lambda.Length);
        room = new int[costs.Length];
        take = new int[costs.Length];
        stageOf = new int[costs.Length];
        price = new double[costs.Length];
        order = new int[costs.Length];
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
        foreach (var prefix in prefixes) shortest = Math.Min(shortest, Fixed(prefix).Max());
        return shortest;
    }

    // True only if no placement is shorter than the limit.
    private bool Excludes(long limit)
    {
        foreach (var prefix in prefixes)
        {
            Fixed(prefix);
            if (prefix.Surplus < 0) continue;
            prefix.MemoryRoom ??= Array.ConvertAll(costs, rank => MemoryRoom(rank, prefix));
            if (!Rooms(limit, prefix)) continue;
            if (!Outweighs(limit, prefix)) return false;
        }

        return true;
    }

    // Lengths of all cuts with every stage at its least.
    private long[] Fixed(Prefix prefix)
    {
        if (prefix.Fixed.Length > 0) return prefix.Fixed;
        var stages = problem.Stages;
        var (layers, last, least) = (prefix.Layers, prefix.Last, new int[stages]);
        prefix.Surplus = moeLayers;
        for (var stage = 0; stage < stages; stage++)
        {
            var optional = stage <= last || stage == 0 || stage == stages - 1 || (stage == stages - 2 && problem.MtpModules > 0);
            least[stage] = optional ? 0 : 1;
            prefix.Surplus -= least[stage];
        }

        var (lengths, rooms) = (new long[lambda.Length], new (long Own, long Others)[lambda.Length]);
        for (var cut = 0; cut < lengths.Length; cut++)
        {
            var length = cuts.Constant[cut];
            for (var stage = 0; stage < layers.Length; stage++) length += layers[stage] * cuts.Dense[cut][stage];
            for (var stage = last + 1; stage < stages; stage++) length += least[stage] * cuts.Moe[cut][stage];
            lengths[cut] = length;
            rooms[cut] = Cheapest(cut, Math.Max(0, last));
        }

        (prefix.Least, prefix.Cheapest) = (least, rooms);
        return prefix.Fixed = lengths;
    }

    // Ticks that a further layer adds to a cut at least: on the cut's own rank, and elsewhere.
    private (long Own, long Others) Cheapest(int cut, int first)
    {
        var (own, others) = (long.MaxValue, long.MaxValue);
        var (rank, coefficients) = (cut % costs.Length, cuts.Moe[cut]);
        for (var stage = first; stage < coefficients.Length; stage++)
        {
            if (rankOf[stage] == rank) own = Math.Min(own, coefficients[stage]);
            else others = Math.Min(others, coefficients[stage]);
        }

        return (own, others == long.MaxValue ? 0 : others);
    }

    // Most surplus layers of every rank for a makespan below the limit; false where they are too few.
    private bool Rooms(long limit, Prefix prefix)
    {
        var (ranks, surplus) = (costs.Length, prefix.Surplus);
        long total = 0;
        for (var rank = 0; rank < ranks; rank++) room[rank] = Math.Min(surplus, prefix.MemoryRoom![rank]);
        for (var cut = 0; cut < lambda.Length; cut++)
        {
            if (prefix.Fixed[cut] >= limit) return false;
            var rank = cut % ranks;
            var (own, others) = prefix.Cheapest[cut];
            if (own == long.MaxValue)
            {
                room[rank] = 0;
                continue;
            }

            // fixed + n own + (surplus - n) others < limit.
            var budget = limit - 1 - prefix.Fixed[cut] - (surplus * others);
            if (own > others) room[rank] = budget < 0 ? -1 : (int)Math.Min(room[rank], budget / (own - others));
        }

        for (var rank = 0; rank < ranks; rank++)
        {
            if (room[rank] < 0) return false;
            total += room[rank];
        }

        return total >= surplus;
    }

    private int MemoryRoom(RankCosts rank, Prefix prefix)
    {
        var (layers, last, least) = (prefix.Layers, prefix.Last, prefix.Least);
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
    private bool Outweighs(long limit, Prefix prefix)
    {
        if (limit >= long.MaxValue / 4) return false;
        var target = (double)limit;
        for (var step = 0; step < Steps; step++)
        {
            double length = 0;
            for (var cut = 0; cut < lambda.Length; cut++) length += lambda[cut] * prefix.Fixed[cut];
            length += Spread(prefix.Last, prefix.Surplus);
            if (shifted is not null) length += Math.Max(0, shifted.Longer(lambda));
            if (length > target * (1 + 1e-9)) return true;
            if (!Turn(length, target, prefix.Fixed)) return false;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Cheapest(int last)
    {
        Array.Fill(price, double.MaxValue);
        Array.Clear(mean);
        for (var cut = 0; cut < lambda.Length; cut++)
        {
            var share = lambda[cut];
            if (share == 0) continue;
            var ticks = moeTicks[cut];
            var stage = 0;
            for (; stage <= mean.Length - Vector<double>.Count; stage += Vector<double>.Count)
                (new Vector<double>(mean, stage) + (share * new Vector<double>(ticks, stage))).CopyTo(mean, stage);
            for (; stage < mean.Length; stage++) mean[stage] += share * ticks[stage];
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Turn(double length, double target, long[] fixedLength)
    {
        Span<(int Stage, double Layers)> taken = stackalloc (int, double)[take.Length];
        var ranks = 0;
        for (var rank = 0; rank < take.Length; rank++)
            if (take[rank] > 0) taken[ranks++] = (stageOf[rank], take[rank]);
        taken = taken[..ranks];
        Span<double> excess = stackalloc double[lambda.Length];
        double norm = 0;
        for (var cut = 0; cut < excess.Length; cut++)
        {
            double here = fixedLength[cut];
            var ticks = moeTicks[cut];
            foreach (var (stage, layers) in taken) here += layers * ticks[stage];
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

    /// <summary>A place of the dense layers, and what follows from it whatever the makespan; empty until it is asked for.</summary>
    private sealed class Prefix(int[] layers, int last)
    {
        public int[] Layers => layers;

        /// <summary>Last stage with a dense layer; -1 where there is none.</summary>
        public int Last => last;

        /// <summary>Layers still to place with every stage at its least.</summary>
        public int Surplus { get; set; }

        /// <summary>Layers behind the dense ones that each stage holds at least.</summary>
        public int[] Least { get; set; } = [];

        /// <summary>Length of each cut then.</summary>
        public long[] Fixed { get; set; } = [];

        /// <summary>By cut: ticks of a further layer on its own rank at least, and elsewhere.</summary>
        public (long Own, long Others)[] Cheapest { get; set; } = [];

        /// <summary>Surplus layers that the memory of each rank has room for.</summary>
        public int[]? MemoryRoom { get; set; }
    }
}
