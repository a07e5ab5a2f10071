using System.Globalization;
using Google.OrTools.Sat;

namespace Planner.Search.Experts;

/// <summary>What CP-SAT says about a block.</summary>
/// <param name="RankOf">Rank of every item; null where nothing cooler was found.</param>
/// <param name="Bound">No placement of these items has a cooler hottest rank.</param>
/// <param name="Work">The solver's own count of what it did.</param>
internal readonly record struct GroupAnswer(int[]? RankOf, double Bound, double Work);

/// <summary>
/// The experts of a block as booleans, expert by rank. Loads are rounded down to coarse integers, so its bound holds for the true loads and a
/// placement is judged by them afterwards. Ranks are alike: the i-th heaviest expert lies on one of the first i.
/// </summary>
internal static class GroupModel
{
    /// <summary>Booleans up to which the model is worth its while.</summary>
    public const int MostBooleans = 512;

    // Units of the hottest rank, for every item of it: what rounding loses is a tenth of what is proven.
    private const double UnitsPerSlot = 1e4;

    private const string Parameters = "num_workers:1,random_seed:1,catch_sigint_signal:false";

    /// <summary>Looks for a placement cooler than the one given, or proves that there is none.</summary>
    /// <param name="block">A placement.</param>
    /// <param name="floor">A hottest rank as cool as this is good enough.</param>
    /// <param name="work">Most work, in the solver's own count: it does not depend on the machine.</param>
    public static GroupAnswer Solve(BlockPlacement block, double floor, double work)
    {
        var unit = Unit(block);
        var weights = block.Weights.Select(weight => (long)Math.Floor(weight / unit)).ToArray();
        var (ranks, slots) = (block.Ranks, block.Slots);
        var hottest = Enumerable.Range(0, ranks).Max(rank => weights.Where((_, item) => block.RankOf[item] == rank).Sum());
        var model = new CpModel();
        var time = model.NewIntVar((long)Math.Floor(Math.Min(floor / unit, hottest)), hottest, "hottest");
        var order = LongestProcessingTime.HeaviestFirst(block.Weights);
        var on = new BoolVar[order.Length, ranks];
        var named = Names(block, order);
        for (var i = 0; i < order.Length; i++)
        {
            for (var rank = 0; rank < ranks; rank++)
            {
                on[i, rank] = model.NewBoolVar(string.Empty);
                if (rank > i) model.Add(on[i, rank] == 0);
                model.AddHint(on[i, rank], named[block.RankOf[order[i]]] == rank ? 1 : 0);
            }

            model.AddExactlyOne(Enumerable.Range(0, ranks).Select(rank => on[i, rank]));
        }

        for (var rank = 0; rank < ranks; rank++)
        {
            var held = Enumerable.Range(0, order.Length).Select(i => on[i, rank]).ToArray();
            model.Add(LinearExpr.Sum(held) == slots);
            model.Add(LinearExpr.WeightedSum(held, order.Select(item => weights[item])) <= time);
        }

        model.AddHint(time, hottest);
        model.Minimize(time);
        var solver = new CpSolver
        {
            StringParameters = string.Create(
                CultureInfo.InvariantCulture, $"{Parameters},relative_gap_limit:{PlacedLayer.Within},max_deterministic_time:{Math.Max(work, 1e-6)}"),
        };
        var status = solver.Solve(model);
        var used = solver.Response?.DeterministicTime ?? 0;
        if (status is CpSolverStatus.ModelInvalid or CpSolverStatus.Infeasible)
            throw new InvalidOperationException($"the placement of experts as a model is {status}: {model.Validate()}");
        if (status == CpSolverStatus.Unknown) return new GroupAnswer(null, block.Bound, used);
        var found = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            for (var rank = 0; rank < ranks; rank++)
                if (solver.BooleanValue(on[i, rank])) found[order[i]] = rank;
        return new GroupAnswer(found, Math.Max(block.Bound, unit * Math.Ceiling(solver.BestObjectiveBound - 1e-6)), used);
    }

    // Whole loads of a few digits stay exact.
    private static double Unit(BlockPlacement block)
    {
        var coarse = block.Hottest / (UnitsPerSlot * block.Slots);
        return coarse <= 1 && block.Weights.All(double.IsInteger) ? 1 : coarse;
    }

    // Ranks in the order of their heaviest items, as the model knows them.
    private static int[] Names(BlockPlacement block, int[] order)
    {
        var names = new int[block.Ranks];
        Array.Fill(names, -1);
        var next = 0;
        foreach (var item in order)
            if (names[block.RankOf[item]] < 0) names[block.RankOf[item]] = next++;
        return names;
    }
}
