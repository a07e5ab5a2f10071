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
    private readonly LayerGroups groups;

    // Variables by group and stage, -1 where there is none.
    private readonly int[][] layersOf;
    private readonly int[] ofStage;
    private readonly int ofRank;
    private readonly int frame;
    private readonly DualSimplex simplex;
    private readonly StageLines lines;
    private readonly HashSet<PathCut> known = new(PathCutComparer.Instance);
    private readonly List<Row> rows = [];
    private readonly List<int> used = [];
    private readonly double[] normal;
    private bool begun;
    private int place;
    private int turn;

    /// <param name="problem">The placement.</param>
    /// <param name="groups">Its layers.</param>
    /// <param name="lines">Its paths as lines.</param>
    /// <param name="costs">Its ranks.</param>
    /// <param name="step">About one step, in ticks.</param>
    /// <param name="cancel">Ends a solve with what is known.</param>
    public StageRelaxation(PlacementProblem problem, LayerGroups groups, StageLines lines, RankCosts[] costs, double step, CancellationToken cancel)
    {
        this.problem = problem;
        this.costs = costs;
        this.cancel = cancel;
        this.groups = groups;
        this.lines = lines;
        var layers = problem.DenseLayers + problem.MoeLayers;
        uneven = 2 * Uneven * layers;
        unit = step * costs.Length / Math.Max(1, layers);
        mostRows = 150 + (4 * problem.Stages);
        layersOf = new int[groups.Count][];
        var variables = 2;
        for (var group = 0; group < layersOf.Length; group++) layersOf[group] = new int[problem.Stages];
        for (var stage = 0; stage < problem.Stages; stage++)
            for (var group = 0; group < layersOf.Length; group++) layersOf[group][stage] = groups.Holds(group, stage) ? variables++ : -1;
        ofStage = new int[problem.Stages];
        Array.Fill(ofStage, -1);

        normal = new double[variables];
        normal[Time] = 1;
        normal[Beyond] = Dear;
        for (var variable = 2; variable < variables; variable++) normal[variable] = Uneven * (1 + (variable * 0.6180339887498949 % 1));
        simplex = new DualSimplex(normal);
        simplex.Limit(Beyond, 0, double.PositiveInfinity);
        for (var group = 0; group < layersOf.Length; group++) Sum(layersOf[group], groups.Total(group), groups.Total(group));
        ofRank = simplex.Rows;
        foreach (var rank in costs)
            Sum([.. layersOf.SelectMany(group => rank.Stages.Select(stage => group[stage]))], 0, layers);
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            int[] here = [.. layersOf.Select(group => group[stage]).Where(variable => variable >= 0)];
            if (here.Length > 1) ofStage[stage] = Sum(here, 0, layers);
        }

        for (var group = 0; group < layersOf.Length; group++)
            foreach (var (slope, least, most) in groups.Along(group)) AddAlong(group, slope, least, most);
        frame = simplex.Rows;
    }

    /// <summary>Paths that had a weight lately.</summary>
    public IEnumerable<PathCut> Useful =>
        Enumerable.Range(0, rows.Count).Where(row => rows[row].Path is not null && used[row] > turn - Lately).Select(row => rows[row].Path!);

    /// <summary>Paths that carry the bound of the last solve.</summary>
    public PathCut[] Carrying =>
        [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].Path is not null && simplex.Multiplier(frame + row) > Slight).Select(row => rows[row].Path!)];

    /// <summary>Adds a path, if it is not there.</summary>
    public void AddPath(PathCut path)
    {
        if (known.Add(path)) Add(new Row(lines.Of(path), unit, path));
    }

    /// <summary>Adds a limit: a line that is at most 0 for every placement; about <paramref name="layer"/> greater with a layer more.</summary>
    public void AddLimit(StageLine line, double layer) => Add(new Row(line, layer, null));

    /// <summary>Solves for a box after the first path was added; the line of the multipliers, and a placement in fractions (not replayed).</summary>
    /// <param name="box">Stages and ranks.</param>
    /// <param name="enough">Ticks; a bound above this is as good as any. Where layers differ the line's least is below what is found with means, so all is of use.</param>
    public (StageLine Line, StageFractions Fractions) Solve(StageBox box, double enough)
    {
        turn++;
        Put(box);
        if (!begun) Begin();
        if (rows.Count > mostRows) Forget();
        var most = problem.Sequence is null ? (enough / unit) + uneven : double.MaxValue;
        simplex.Solve(MostPivots, most, cancel);
        if (!simplex.Sound() && !cancel.IsCancellationRequested)
        {
            Begin();
            simplex.Solve(MostPivots, most, cancel);
        }

        return (Weighed(box), Fractions());
    }

    /// <summary>Keeps where the last solve ended; guesses begin there.</summary>
    public void Remember() => simplex.Remember();

    /// <summary>About the bound of a box after a few pivots, in ticks, and the line of the multipliers where that is enough.</summary>
    public (double Bound, StageLine? Line) Guess(StageBox box, double enough)
    {
        Put(box);
        var bound = simplex.Solve(GuessPivots, (enough / unit) + uneven, cancel) ? simplex.Objective * unit : double.MaxValue;
        var sound = simplex.Sound();
        var line = sound && bound >= enough ? Weighed(box) : null;
        simplex.GoBack();
        return (sound ? bound : 0, line);
    }

    private void Put(StageBox box)
    {
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            var (least, most) = (box.Least[stage], box.Most[stage]);
            var both = ofStage[stage] >= 0;
            for (var group = 0; group < layersOf.Length; group++)
                if (layersOf[group][stage] >= 0) simplex.Limit(layersOf[group][stage], both ? 0 : least, both ? Math.Min(groups.Total(group), most) : most);
            if (both) simplex.LimitRow(ofStage[stage], least, most);
        }

        for (var rank = 0; rank < costs.Length; rank++) simplex.LimitRow(ofRank + rank, box.LeastOfRank[rank], box.MostOfRank[rank]);
        if (box.Place == place) return;
        place = box.Place;
        for (var row = 0; row < rows.Count; row++)
        {
            var (least, most) = Limits(rows[row]);
            simplex.LimitRow(frame + row, least, most);
        }
    }

    // One path, both sums and all layers but one of each sum at their limits.
    private void Begin()
    {
        begun = true;
        var items = new List<int> { Beyond, ~(frame + rows.FindIndex(row => row.Path is not null)) };
        var sums = 0;
        foreach (var layers in layersOf)
        {
            int[] there = [.. layers.Where(variable => variable >= 0)];
            if (there.Length == 0) continue;
            items.Add(~sums++);
            items.AddRange(there[1..]);
        }

        simplex.Begin([.. items]);
    }

    private StageLine Weighed(StageBox box)
    {
        var total = 0.0;
        for (var row = 0; row < rows.Count; row++)
            if (rows[row].Path is not null) total += simplex.Multiplier(frame + row);
        var line = StageLine.Zero(problem);
        for (var row = 0; row < rows.Count; row++)
        {
            // Limits are put upside down: at least nothing is left of them.
            var share = simplex.Multiplier(frame + row) / total;
            if (share < Slight) continue;
            used[row] = turn;
            line.Add(share * unit / rows[row].Scale, rows[row].Line);
        }

        for (var rank = 0; rank < costs.Length; rank++)
        {
            var share = simplex.Multiplier(ofRank + rank) / total * unit;
            if (share == 0) continue;
            for (var at = 0; at < line.Constant.Length; at++) line.Constant[at] += share * (share > 0 ? box.LeastOfRank[rank] : box.MostOfRank[rank]);
            foreach (var stage in costs[rank].Stages) line.AddLayer(stage, -share);
        }

        return line;
    }

    // Never below nothing, though pivots may have ended early.
    private StageFractions Fractions()
    {
        var held = Array.ConvertAll(layersOf, group => Array.ConvertAll(group, variable => variable < 0 ? 0 : Math.Max(0, simplex.X[variable])));
        return new StageFractions(held, double.MaxValue);
    }

    // Layers of a kind on the first stages, for every number of stages.
    private void AddAlong(int group, double slope, double least, double most)
    {
        for (var end = 1; end < problem.Stages; end++)
        {
            Array.Clear(normal);
            for (var stage = 0; stage < end; stage++)
                for (var other = 0; other < layersOf.Length; other++)
                    if (layersOf[other][stage] >= 0) normal[layersOf[other][stage]] = (other == group ? 1 : 0) - slope;
            simplex.AddRow(normal, least, most);
        }
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
            for (var group = 0; group < layersOf.Length; group++)
                if (layersOf[group][stage] >= 0) normal[layersOf[group][stage]] = -groups.Weight(row.Line, group, stage) / row.Scale;
        }

        var (least, most) = Limits(row);
        simplex.AddRow(normal, least, most);
    }

    private (double Least, double Most) Limits(Row row) => (row.Line.Constant[place] / row.Scale, double.PositiveInfinity);

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
    private readonly record struct Row(StageLine Line, double Scale, PathCut? Path);
}
