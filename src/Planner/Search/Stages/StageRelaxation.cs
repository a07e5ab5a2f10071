using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Layers cut to fractions: the linear programme of the least T with every path met so far at most T, every rank inside its memory, and stages
/// and ranks inside a box. Its solution is a placement in fractions; its multipliers weigh paths and limits into one line that is at most the
/// step of every placement of the box, whatever was lost to rounding. Layers that differ are means here, but one by one in the line.
/// </summary>
internal sealed class StageRelaxation
{
    private const double Slight = 1e-9;

    // Turns.
    private const int Lately = 20;

    // A layer beyond a limit costs as much time as so many layers: limits may be broken at a price, so that there is always a solution.
    private const double Dear = 100;
    // Every layer costs a little, each another amount, so that no two ways to pivot are alike and none is taken in circles.
    private const double Uneven = 1e-6;
    private const int GuessPivots = 40;

    // Times that what is computed again is said anew for one solution, where that is longer by this part of a layer.
    private const int MostTouches = 5;
    private const double Touched = 1e-4;
    private const int MostPivots = 2_000;

    // Variables: T, what is beyond the limits, then layers.
    private const int Time = 0;
    private const int Beyond = 1;

    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly CancellationToken cancel;
    private readonly double unit;

    // The most that the uneven costs of layers add to the objective: a bound is above a limit where the objective is above it by as much.
    private readonly double uneven;
    private readonly int mostRows;
    private readonly int[] dense;
    private readonly int[] moe;
    private readonly int[] ofStage;
    private readonly int ofRank;
    private readonly int frame;
    private readonly DualSimplex simplex;
    private readonly StageLines lines;
    private readonly HashSet<PathCut> known = new(PathCutComparer.Instance);
    private readonly HashSet<(int Rank, double Slope)> knownSlopes = [];
    private readonly StageRecompute? recompute;

    // Variables of what stages compute again, and the ticks that count as 1 there.
    private readonly int[] again;
    private readonly double tickOfAgain;
    private readonly List<Row> rows = [];
    private readonly List<int> used = [];
    private readonly double[] normal;
    private bool begun;
    private int place;
    private int turn;

    /// <param name="problem">The placement.</param>
    /// <param name="costs">Its ranks.</param>
    /// <param name="step">About one step, in ticks.</param>
    /// <param name="recompute">What stages compute again; null where all have one policy.</param>
    /// <param name="cancel">Ends a solve with what is known.</param>
    public StageRelaxation(PlacementProblem problem, RankCosts[] costs, double step, StageRecompute? recompute, CancellationToken cancel)
    {
        this.problem = problem;
        this.costs = costs;
        this.recompute = recompute;
        this.cancel = cancel;
        lines = new StageLines(problem);
        var layers = problem.DenseLayers + problem.MoeLayers;
        uneven = 2 * Uneven * layers;
        unit = step * costs.Length / Math.Max(1, layers);
        mostRows = 200 + (6 * problem.Stages);
        (dense, moe, ofStage) = (new int[problem.Stages], new int[problem.Stages], new int[problem.Stages]);
        Array.Fill(dense, -1);
        Array.Fill(moe, -1);
        Array.Fill(ofStage, -1);
        again = new int[recompute is null ? 0 : problem.Stages];
        tickOfAgain = recompute is null ? 0 : Math.Max(1, Math.Max(recompute.Dense, recompute.Moe));
        var variables = 2;
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            // Every stage but the first holds a layer, so no dense one lies further back than there are of them.
            if (problem.DenseLayers > 0 && stage <= problem.DenseLayers) dense[stage] = variables++;
            if (problem.MoeLayers > 0) moe[stage] = variables++;
        }

        for (var stage = 0; stage < again.Length; stage++) again[stage] = variables++;
        normal = new double[variables];
        normal[Time] = 1;
        normal[Beyond] = Dear;
        for (var variable = 2; variable < variables; variable++) normal[variable] = Uneven * (1 + (variable * 0.6180339887498949 % 1));
        simplex = new DualSimplex(normal);
        simplex.Limit(Beyond, 0, double.PositiveInfinity);
        Sum(dense, problem.DenseLayers, problem.DenseLayers);
        Sum(moe, problem.MoeLayers, problem.MoeLayers);
        ofRank = simplex.Rows;
        foreach (var rank in costs)
            Sum([.. rank.Stages.Select(stage => dense[stage]), .. rank.Stages.Select(stage => moe[stage])], 0, layers);
        for (var stage = 0; stage < problem.Stages; stage++)
            if (dense[stage] >= 0 && moe[stage] >= 0) ofStage[stage] = Sum([dense[stage], moe[stage]], 0, layers);
        frame = simplex.Rows;
    }

    /// <summary>Paths that had a weight lately.</summary>
    public IEnumerable<PathCut> Useful =>
        Enumerable.Range(0, rows.Count).Where(row => rows[row].Path is not null && used[row] > turn - Lately).Select(row => rows[row].Path!);

    /// <summary>Adds a path, if it is not there.</summary>
    public void AddPath(PathCut path)
    {
        if (known.Add(path)) Add(new Row(lines.Of(path), unit, path, -1, 0));
    }

    /// <summary>Adds a limit: a line that is at most 0 for every placement; about <paramref name="layer"/> greater with a layer more.</summary>
    public void AddLimit(StageLine line, double layer) => Add(new Row(line, layer, null, -1, 0));

    /// <summary>Solves for a box after the first path was added; the line of the multipliers, and a placement in fractions (not replayed).</summary>
    /// <param name="box">Stages and ranks.</param>
    /// <param name="enough">Ticks; a bound above this is as good as any.</param>
    public (StageLine Line, StageFractions Fractions) Solve(StageBox box, double enough)
    {
        turn++;
        Put(box);
        if (!begun) Begin();
        if (rows.Count > mostRows) Forget();
        simplex.Solve(MostPivots, (enough / unit) + uneven, cancel);
        for (var touch = 0; touch < MostTouches && recompute is not null && simplex.Objective * unit <= enough && Touch(); touch++) simplex.Solve(MostPivots, (enough / unit) + uneven, cancel);
        return (Weighed(box), Fractions());
    }

    // What ranks compute again at least with about the layers that they hold in the solution, where it is more than there. False where it is nowhere.
    private bool Touch()
    {
        var count = rows.Count;
        foreach (var rank in costs)
        {
            var (layers, ticks) = (0.0, 0.0);
            foreach (var stage in rank.Stages)
            {
                if (dense[stage] >= 0) layers += simplex.X[dense[stage]];
                if (moe[stage] >= 0) layers += simplex.X[moe[stage]];
                ticks += tickOfAgain * simplex.X[again[stage]];
            }

            var slope = recompute!.Least.Slope(rank.Rank, layers);
            if (recompute.Least.Beyond(rank.Rank, slope) + (slope * layers) <= ticks + (Touched * tickOfAgain) || !knownSlopes.Add((rank.Rank, slope))) continue;
            var line = StageLine.Zero(problem);
            foreach (var stage in rank.Stages) line.AddLayer(stage, slope);
            Add(new Row(line, tickOfAgain, null, rank.Rank, slope));
        }

        return rows.Count > count;
    }

    /// <summary>About the bound of a box after a few pivots, in ticks.</summary>
    public double Guess(StageBox box, double enough)
    {
        Put(box);
        return simplex.Solve(GuessPivots, (enough / unit) + uneven, cancel) ? simplex.Objective * unit : double.MaxValue;
    }

    private void Put(StageBox box)
    {
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            var (least, most) = (box.Least[stage], box.Most[stage]);
            var both = ofStage[stage] >= 0;
            if (dense[stage] >= 0) simplex.Limit(dense[stage], both ? 0 : least, Math.Min(problem.DenseLayers, most));
            if (moe[stage] >= 0) simplex.Limit(moe[stage], both ? 0 : least, most);
            if (both) simplex.LimitRow(ofStage[stage], least, most);
            if (recompute is not null) simplex.Limit(again[stage], 0, MostAgain(box, stage) / tickOfAgain);
        }

        for (var rank = 0; rank < costs.Length; rank++) simplex.LimitRow(ofRank + rank, box.LeastOfRank[rank], box.MostOfRank[rank]);
        recompute?.Least.Load(box);
        if (box.Place == place && recompute is null) return;
        var moved = box.Place != place;
        place = box.Place;
        for (var row = 0; row < rows.Count; row++)
        {
            if (!moved && rows[row].Rank < 0) continue;
            var (least, most) = Limits(rows[row]);
            simplex.LimitRow(frame + row, least, most);
        }
    }

    // One path, both sums and all layers but one of each sum at their limits.
    private void Begin()
    {
        begun = true;
        var items = new List<int> { Beyond, ~frame };
        var sums = 0;
        foreach (var layers in new[] { dense, moe })
        {
            int[] there = [.. layers.Where(variable => variable >= 0)];
            if (there.Length == 0) continue;
            items.Add(~sums++);
            items.AddRange(there[1..]);
        }

        items.AddRange(again);
        simplex.Begin([.. items]);
    }

    private StageLine Weighed(StageBox box)
    {
        var total = 0.0;
        for (var row = 0; row < rows.Count; row++)
            if (rows[row].Path is not null) total += simplex.Multiplier(frame + row);
        var line = StageLine.Zero(problem);
        var (taken, asked) = (new double[again.Length], new double[costs.Length]);
        for (var row = 0; row < rows.Count; row++)
        {
            // Limits are put upside down: at least nothing is left of them.
            var share = simplex.Multiplier(frame + row) / total;
            if (share < Slight) continue;
            used[row] = turn;
            share *= unit / rows[row].Scale;
            line.Add(share, rows[row].Line);
            if (rows[row].Path is { } path)
                for (var stage = 0; stage < again.Length; stage++) taken[stage] += share * recompute!.Times(path, stage);
            if (rows[row].Rank is >= 0 and var rank)
            {
                line.AddConstant(share * recompute!.Least.Beyond(rank, rows[row].Slope));
                asked[rank] += share;
            }
        }

        if (recompute is not null) Lower(line, box, taken, asked);

        for (var rank = 0; rank < costs.Length; rank++)
        {
            var share = simplex.Multiplier(ofRank + rank) / total * unit;
            if (share == 0) continue;
            for (var at = 0; at < line.Constant.Length; at++) line.Constant[at] += share * (share > 0 ? box.LeastOfRank[rank] : box.MostOfRank[rank]);
            foreach (var stage in costs[rank].Stages) line.AddLayer(stage, -share);
        }

        return line;
    }

    // Where it is asked for more than paths take of it, stages compute all of it again.
    private void Lower(StageLine line, StageBox box, double[] taken, double[] asked)
    {
        foreach (var rank in costs)
            foreach (var stage in rank.Stages)
            {
                var gain = asked[rank.Rank] - taken[stage];
                if (gain <= 0) continue;
                line.AddConstant(-gain * recompute!.Beside(box.Place, stage));
                line.AddLayers(stage, -gain * recompute.Dense, -gain * recompute.Moe);
            }
    }

    private double MostAgain(StageBox box, int stage) =>
        recompute!.Beside(box.Place, stage) + (box.Most[stage] * (double)Math.Max(dense[stage] >= 0 ? recompute.Dense : 0, moe[stage] >= 0 ? recompute.Moe : 0));

    // Never below nothing, though pivots may have ended early.
    private StageFractions Fractions()
    {
        var (front, behind) = (new double[problem.Stages], new double[problem.Stages]);
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            if (dense[stage] >= 0) front[stage] = Math.Max(0, simplex.X[dense[stage]]);
            if (moe[stage] >= 0) behind[stage] = Math.Max(0, simplex.X[moe[stage]]);
        }

        return new StageFractions(front, behind, double.MaxValue) { Again = [.. again.Select(variable => tickOfAgain * Math.Max(0, simplex.X[variable]))] };
    }

    private int Sum(IEnumerable<int> layers, double least, double most)
    {
        Array.Clear(normal);
        var any = false;
        foreach (var variable in layers)
        {
            if (variable < 0) continue;
            normal[variable] = 1;
            any = true;
        }

        return any ? simplex.AddRow(normal, least, most) : -1;
    }

    private void Add(Row row)
    {
        rows.Add(row);
        used.Add(turn);
        Array.Clear(normal);
        normal[row.Path is null ? Beyond : Time] = 1;
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            if (dense[stage] >= 0) normal[dense[stage]] = -row.Line.Dense[stage] / row.Scale;
            if (moe[stage] >= 0) normal[moe[stage]] = -row.Line.Moe[stage] / row.Scale;
            if (recompute is not null && row.Path is not null) normal[again[stage]] = -recompute.Times(row.Path, stage) * tickOfAgain / row.Scale;
        }

        if (row.Rank >= 0)
            foreach (var stage in costs[row.Rank].Stages) normal[again[stage]] = tickOfAgain / row.Scale;

        var (least, most) = Limits(row);
        simplex.AddRow(normal, least, most);
    }

    private (double Least, double Most) Limits(Row row) =>
        ((row.Line.Constant[place] + (row.Rank < 0 ? 0 : recompute!.Least.Beyond(row.Rank, row.Slope))) / row.Scale, double.PositiveInfinity);

    // The rows longest without weight.
    private void Forget()
    {
        var keep = new bool[simplex.Rows];
        Array.Fill(keep, true, 0, frame);
        foreach (var row in Enumerable.Range(0, rows.Count).OrderByDescending(row => used[row]).ThenBy(row => row).Take(mostRows / 2)) keep[frame + row] = true;
        for (var row = 0; row < rows.Count; row++)
        {
            keep[frame + row] |= rows[row].Path is null || simplex.Active(frame + row);
            if (!keep[frame + row]) known.Remove(rows[row].Path!);
        }

        simplex.Keep(keep);
        var kept = 0;
        for (var row = 0; row < rows.Count; row++)
            if (keep[frame + row]) (rows[kept], used[kept++]) = (rows[row], used[row]);
        rows.RemoveRange(kept, rows.Count - kept);
        used.RemoveRange(kept, used.Count - kept);
    }

    /// <param name="Line">Ticks of a path, or what is beyond a limit.</param>
    /// <param name="Scale">The row is divided by it.</param>
    /// <param name="Path">Null for a limit.</param>
    /// <param name="Rank">Of which the line says what it computes again at least; else -1.</param>
    /// <param name="Slope">A layer's part of that.</param>
    private readonly record struct Row(StageLine Line, double Scale, PathCut? Path, int Rank, double Slope);
}
