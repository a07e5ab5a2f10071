using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Paths, limits and placements met so far, and the game between them. A path is a bound of every placement; a limit (memory of a rank, layers
/// of a rank) is a row that no better placement inside the limit brings to the upper bound. Both are exact linear functions of the layers.
/// </summary>
internal sealed class StagePool
{
    private const double Slight = 1e-7;

    // Turns.
    private const int Lately = 20;

    private readonly PlacementProblem problem;
    private readonly RankCosts[] costs;
    private readonly StageLines lines;
    private readonly PathGame game = new();
    private readonly List<Row> rows = [];
    private readonly List<(LayerCounts Counts, long[] Durations)> columns = [];
    private readonly List<int> rowUsed = [];
    private readonly List<int> columnUsed = [];
    private readonly HashSet<ulong> known = [];
    private readonly double unit;

    // Beyond this many the ones that were longest out of use are forgotten: a mixture needs about as many of each as there are stages.
    private readonly int mostRows;
    private readonly int mostColumns;
    private readonly double layerTime;
    private bool[] rowInPlay = [];
    private bool[] columnInPlay = [];
    private int played;
    private int turn;

    public StagePool(PlacementProblem problem, RankCosts[] costs, long upperBound)
    {
        this.problem = problem;
        this.costs = costs;
        lines = new StageLines(problem);
        unit = upperBound;
        mostRows = 160 + (3 * problem.Stages);
        mostColumns = 48 + (2 * problem.Stages);
        layerTime = (double)upperBound * costs.Length / Math.Max(1, problem.DenseLayers + problem.MoeLayers);
    }

    /// <summary>Paths that had a weight lately.</summary>
    public IEnumerable<PathCut> Useful =>
        Enumerable.Range(0, rows.Count).Where(row => rows[row].Cut is not null && rowUsed[row] > turn - Lately).Select(row => rows[row].Cut!);

    public void Add(PathCut cut)
    {
        var hash = Hash(cut.Coefficients.AsSpan(), cut.Lags);
        if (known.Add(hash)) Add(new Row(lines.Of(cut), 0, -1, 0, 0, hash, cut));
    }

    /// <summary>Adds a placement, and the limits of memory and of ranks that it breaks.</summary>
    public void Add(LayerCounts counts, RankStates state, long[] durations, StageBox box)
    {
        foreach (var rank in costs)
        {
            if (state.Memory(rank.Rank) > problem.LimitKib) AddOverruns(rank, counts);
            var held = 0;
            foreach (var stage in rank.Stages) held += counts.Layers[stage];
            if (held > box.MostOfRank[rank.Rank]) AddRank(rank.Rank, box.MostOfRank[rank.Rank], 1);
            if (held < box.LeastOfRank[rank.Rank]) AddRank(rank.Rank, box.LeastOfRank[rank.Rank], -1);
        }

        if (!known.Add(Hash(counts.Layers, -1 - counts.MtpPlace))) return;
        columnUsed.Add(turn);
        columns.Add((LayerCounts.Of(problem, [.. counts.Layers], counts.MtpPlace), [.. durations]));
        var values = new double[rows.Count];
        for (var row = 0; row < values.Length; row++) values[row] = Payoff(rows[row], counts);
        game.AddColumn(values);
    }

    /// <summary>A row that is only of use where ranks are limited.</summary>
    public void AddRank(int rank, int layers, int sign)
    {
        var hash = Hash([rank, layers, sign], -3);
        if (known.Add(hash)) Add(new Row(lines.Beyond(costs[rank].Stages, layers, sign), layerTime, rank, layers, sign, hash));
    }

    /// <summary>Plays the game inside a box; the rows' mixture.</summary>
    public StageMix Mix(StageBox box, int rounds, double tolerance, double memory)
    {
        if (rows.Count > mostRows || columns.Count > mostColumns) Forget();
        turn++;
        if (rowInPlay.Length < rows.Count) rowInPlay = new bool[rows.Count * 2];
        if (columnInPlay.Length < columns.Count) columnInPlay = new bool[columns.Count * 2];
        for (var row = 0; row < rows.Count; row++) rowInPlay[row] = rows[row].Holds(box);
        var any = false;
        for (var column = 0; column < columns.Count; column++) any |= columnInPlay[column] = Inside(columns[column].Counts, box);
        played = any ? columns.Count : 0;
        if (any) game.Solve(rounds, tolerance / unit, memory, columnInPlay, rowInPlay);
        var line = StageLine.Zero(problem.Stages);
        var (limits, total) = (0.0, 0.0);
        for (var row = 0; row < rows.Count; row++)
        {
            var share = any ? game.RowMix[row] : rows[row].Scale == 0 ? 1 : 0;
            if (share < Slight) continue;
            rowUsed[row] = turn;
            total += share;
            line.Add(share * (rows[row].Scale == 0 ? 1 : rows[row].Scale), rows[row].Line);
            if (rows[row].Scale > 0) limits += share;
        }

        // Weights too small to count were left out; the rest is a mixture again.
        var mixed = StageLine.Zero(problem.Stages);
        mixed.Add(1 / total, line);
        return new StageMix(mixed, limits / total);
    }

    /// <summary>The columns' mixture: durations times <paramref name="scale"/>, and the layers of each stage.</summary>
    public bool Mean(double scale, long[] durations, double[] layers)
    {
        Array.Clear(layers);
        var sums = new double[durations.Length];
        double total = 0;
        for (var column = 0; column < played; column++)
        {
            var share = columnInPlay[column] ? game.ColumnMix[column] : 0;
            if (share < Slight) continue;
            columnUsed[column] = turn;
            total += share;
            for (var i = 0; i < sums.Length; i++) sums[i] += share * columns[column].Durations[i];
            for (var stage = 0; stage < layers.Length; stage++) layers[stage] += share * columns[column].Counts.Layers[stage];
        }

        if (total == 0) return false;
        for (var i = 0; i < sums.Length; i++) durations[i] = (long)(sums[i] / total * scale);
        for (var stage = 0; stage < layers.Length; stage++) layers[stage] /= total;
        return true;
    }

    // Half of what is there stays, by last use; limits of ranks that boxes still speak of come again when they are broken.
    private void Forget()
    {
        var keepRows = Recent(rowUsed, mostRows);
        var keepColumns = Recent(columnUsed, mostColumns);
        for (var row = 0; row < rows.Count; row++)
            if (!keepRows[row]) known.Remove(rows[row].Hash);
        for (var column = 0; column < columns.Count; column++)
            if (!keepColumns[column]) known.Remove(Hash(columns[column].Counts.Layers, -1 - columns[column].Counts.MtpPlace));
        game.Keep(keepRows, keepColumns);
        Compact(rows, keepRows);
        Compact(rowUsed, keepRows);
        Compact(columns, keepColumns);
        Compact(columnUsed, keepColumns);
    }

    private static bool[] Recent(List<int> used, int most)
    {
        var keep = new bool[used.Count];
        Array.Fill(keep, true);
        if (used.Count <= most) return keep;
        foreach (var old in Enumerable.Range(0, used.Count).OrderBy(i => used[i]).ThenBy(i => i).Take(used.Count - (most / 2))) keep[old] = false;
        return keep;
    }

    private static void Compact<T>(List<T> list, bool[] keep)
    {
        var kept = 0;
        for (var i = 0; i < keep.Length; i++)
            if (keep[i]) list[kept++] = list[i];
        list.RemoveRange(kept, list.Count - kept);
    }

    private static bool Inside(LayerCounts counts, StageBox box)
    {
        if (counts.MtpPlace != box.Place) return false;
        for (var stage = 0; stage < box.Least.Length; stage++)
            if (counts.Layers[stage] < box.Least[stage] || counts.Layers[stage] > box.Most[stage]) return false;
        return true;
    }

    private void AddOverruns(RankCosts rank, LayerCounts counts)
    {
        for (var vector = 0; vector < rank.InFlight.Length; vector++)
        {
            var line = lines.Overrun(rank, rank.InFlight[vector]);
            var hash = Hash([rank.Rank, vector], -4);
            if (line.At(counts, problem.DenseLayers) <= 0 || !known.Add(hash)) continue;
            var layer = 1.0;
            foreach (var stage in rank.Stages) layer = Math.Max(layer, Math.Max(line.Moe[stage], line.Dense[stage]));
            Add(new Row(line, layerTime / layer, -1, 0, 0, hash));
        }
    }

    private void Add(Row row)
    {
        rows.Add(row);
        rowUsed.Add(turn);
        var values = new double[columns.Count];
        for (var column = 0; column < values.Length; column++) values[column] = Payoff(row, columns[column].Counts);
        game.AddRow(values);
    }

    private double Payoff(Row row, LayerCounts counts)
    {
        var value = row.Line.At(counts, problem.DenseLayers);
        return row.Scale == 0 ? (value / unit) - 1 : row.Scale * value / unit;
    }

    private static ulong Hash(ReadOnlySpan<int> values, int tag)
    {
        var hash = 14695981039346656037UL ^ (uint)tag;
        foreach (var value in values)
        {
            hash ^= (uint)value;
            hash *= 1099511628211UL;
            hash ^= hash >> 29;
        }

        return hash;
    }

    /// <summary>A path (scale 0) or a limit.</summary>
    /// <param name="Line">Length in ticks, or what is beyond the limit.</param>
    /// <param name="Scale">Ticks for a unit beyond the limit.</param>
    /// <param name="Rank">Rank whose layers are limited; -1 where the row always holds.</param>
    /// <param name="Layers">The limit.</param>
    /// <param name="Sign">1: at most; -1: at least.</param>
    /// <param name="Hash">Tells rows apart.</param>
    /// <param name="Cut">The path; null for a limit.</param>
    private readonly record struct Row(StageLine Line, double Scale, int Rank, int Layers, int Sign, ulong Hash, PathCut? Cut = null)
    {
        public bool Holds(StageBox box) => Rank < 0 || (Sign > 0 ? box.MostOfRank[Rank] <= Layers : box.LeastOfRank[Rank] >= Layers);
    }
}
