using System.Numerics;

namespace Planner.Search;

/// <summary>
/// A matrix game between paths (rows, which want to be long) and placements (columns, which want them short), solved nearly by regret matching.
/// The rows' mixture weighs many paths into one bound; the columns' mixture is a placement cut to fractions. Every pass works entry by entry in
/// a fixed order, so the result is the same whatever the width of the machine's vectors.
/// </summary>
internal sealed class PathGame
{
    private const int Check = 20;
    private double[] byRow = [];
    private double[] byColumn = [];
    private int rowRoom;
    private int columnRoom;
    private double[] rowRegret = [];
    private double[] columnRegret = [];
    private double[] rowSum = [];
    private double[] columnSum = [];
    private double[] rowPlay = [];
    private double[] columnPlay = [];
    private double[] rowValue = [];
    private double[] columnValue = [];

    public int Rows { get; private set; }

    public int Columns { get; private set; }

    /// <summary>Mean play of the rows in the last solve; sums to 1.</summary>
    public double[] RowMix { get; private set; } = [];

    /// <summary>Mean play of the columns in the last solve.</summary>
    public double[] ColumnMix { get; private set; } = [];

    /// <summary>Adds a row; values by column.</summary>
    public void AddRow(ReadOnlySpan<double> values)
    {
        Grow(Rows + 1, Columns);
        for (var column = 0; column < Columns; column++) Put(Rows, column, values[column]);
        Rows++;
    }

    /// <summary>Adds a column; values by row.</summary>
    public void AddColumn(ReadOnlySpan<double> values)
    {
        Grow(Rows, Columns + 1);
        for (var row = 0; row < Rows; row++) Put(row, Columns, values[row]);
        Columns++;
    }

    /// <summary>
    /// Plays until neither side can gain more than the tolerance by leaving its mixture, or the rounds are used up. Columns and rows out of play
    /// are left out.
    /// </summary>
    /// <param name="mostRounds">Rounds.</param>
    /// <param name="tolerance">Gain of both sides together.</param>
    /// <param name="memory">Share of what the sides regretted in the last solve that they still regret.</param>
    /// <param name="columnInPlay">By column.</param>
    /// <param name="rowInPlay">By row.</param>
    public void Solve(int mostRounds, double tolerance, double memory, ReadOnlySpan<bool> columnInPlay, ReadOnlySpan<bool> rowInPlay)
    {
        Array.Clear(rowSum);
        Array.Clear(columnSum);
        for (var row = 0; row < Rows; row++)
            rowRegret[row] = rowInPlay[row] ? rowRegret[row] * memory : 0;
        for (var column = 0; column < Columns; column++)
            columnRegret[column] = columnInPlay[column] ? columnRegret[column] * memory : 0;
        Match(rowRegret, rowPlay, Rows, rowInPlay);
        Match(columnRegret, columnPlay, Columns, columnInPlay);
        for (var round = 1; round <= mostRounds; round++)
        {
            Values(byRow, columnRoom, rowPlay, Rows, columnValue);
            double mean = 0;
            for (var column = 0; column < Columns; column++) mean += columnPlay[column] * columnValue[column];
            for (var column = 0; column < Columns; column++)
                if (columnInPlay[column]) columnRegret[column] = Math.Max(0, columnRegret[column] + mean - columnValue[column]);
            Match(columnRegret, columnPlay, Columns, columnInPlay);
            for (var column = 0; column < Columns; column++) columnSum[column] += round * columnPlay[column];

            Values(byColumn, rowRoom, columnPlay, Columns, rowValue);
            mean = 0;
            for (var row = 0; row < Rows; row++) mean += rowPlay[row] * rowValue[row];
            for (var row = 0; row < Rows; row++)
                if (rowInPlay[row]) rowRegret[row] = Math.Max(0, rowRegret[row] + rowValue[row] - mean);
            Match(rowRegret, rowPlay, Rows, rowInPlay);
            for (var row = 0; row < Rows; row++) rowSum[row] += round * rowPlay[row];
            if (round % Check != 0 && round != mostRounds) continue;

            var total = round * (round + 1) / 2.0;
            for (var column = 0; column < Columns; column++) ColumnMix[column] = columnSum[column] / total;
            for (var row = 0; row < Rows; row++) RowMix[row] = rowSum[row] / total;
            if (Gain(columnInPlay, rowInPlay) <= tolerance) return;
        }
    }

    // What the sides together could gain by their best answers to the mixtures.
    private double Gain(ReadOnlySpan<bool> columnInPlay, ReadOnlySpan<bool> rowInPlay)
    {
        Values(byRow, columnRoom, RowMix, Rows, columnValue);
        Values(byColumn, rowRoom, ColumnMix, Columns, rowValue);
        var (longest, shortest) = (double.MinValue, double.MaxValue);
        for (var row = 0; row < Rows; row++)
            if (rowInPlay[row]) longest = Math.Max(longest, rowValue[row]);
        for (var column = 0; column < Columns; column++)
            if (columnInPlay[column]) shortest = Math.Min(shortest, columnValue[column]);
        return longest - shortest;
    }

    /// <summary>Leaves out rows and columns.</summary>
    public void Keep(ReadOnlySpan<bool> rows, ReadOnlySpan<bool> columns)
    {
        var (oldRows, oldColumns) = (Rows, Columns);
        (Rows, Columns) = (0, 0);
        for (var row = 0; row < oldRows; row++)
        {
            if (!rows[row]) continue;
            rowRegret[Rows] = rowRegret[row];
            for (var column = 0; column < oldColumns; column++) Put(Rows, column, byRow[(row * columnRoom) + column]);
            Rows++;
        }

        for (var column = 0; column < oldColumns; column++)
        {
            if (!columns[column]) continue;
            columnRegret[Columns] = columnRegret[column];
            for (var row = 0; row < Rows; row++) Put(row, Columns, byRow[(row * columnRoom) + column]);
            Columns++;
        }

        // What lies beyond the last row and column must not count.
        Array.Clear(rowRegret, Rows, oldRows - Rows);
        Array.Clear(columnRegret, Columns, oldColumns - Columns);
    }

    // Sum over lines of weight x line, entry by entry.
    private static void Values(double[] lines, int stride, double[] weights, int count, double[] sums)
    {
        Array.Clear(sums);
        for (var line = 0; line < count; line++)
        {
            var weight = weights[line];
            if (weight == 0) continue;
            var factor = new Vector<double>(weight);
            var from = line * stride;
            for (var i = 0; i < stride; i += Vector<double>.Count)
                (new Vector<double>(sums, i) + (factor * new Vector<double>(lines, from + i))).CopyTo(sums, i);
        }
    }

    private static void Match(double[] regret, double[] play, int count, ReadOnlySpan<bool> inPlay)
    {
        double total = 0;
        var players = 0;
        for (var i = 0; i < count; i++)
        {
            total += regret[i];
            if (inPlay[i]) players++;
        }

        for (var i = 0; i < count; i++) play[i] = total > 0 ? regret[i] / total : inPlay[i] ? 1.0 / players : 0;
    }

    private void Put(int row, int column, double value)
    {
        byRow[(row * columnRoom) + column] = value;
        byColumn[(column * rowRoom) + row] = value;
    }

    private void Grow(int rows, int columns)
    {
        if (rows <= rowRoom && columns <= columnRoom) return;
        var (oldRows, oldColumns, oldByRow) = (rowRoom, columnRoom, byRow);
        rowRoom = Room(rows, oldRows);
        columnRoom = Room(columns, oldColumns);
        byRow = new double[rowRoom * columnRoom];
        byColumn = new double[rowRoom * columnRoom];
        for (var row = 0; row < Rows; row++)
            for (var column = 0; column < Columns; column++) Put(row, column, oldByRow[(row * oldColumns) + column]);
        rowRegret = [.. rowRegret, .. new double[rowRoom - rowRegret.Length]];
        columnRegret = [.. columnRegret, .. new double[columnRoom - columnRegret.Length]];
        rowSum = new double[rowRoom];
        columnSum = new double[columnRoom];
        rowPlay = new double[rowRoom];
        columnPlay = new double[columnRoom];
        rowValue = new double[rowRoom];
        columnValue = new double[columnRoom];
        RowMix = [.. RowMix, .. new double[rowRoom - RowMix.Length]];
        ColumnMix = [.. ColumnMix, .. new double[columnRoom - ColumnMix.Length]];
    }

    // A multiple of every width a vector may have.
    private static int Room(int needed, int now) => needed <= now ? now : (Math.Max(needed, 2 * now) + 15) & ~15;
}
