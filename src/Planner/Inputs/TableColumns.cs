using System.Globalization;

namespace Planner.Inputs;

/// <summary>A small table whose columns are known: where each is, and cells that say what is wrong with them.</summary>
internal sealed class TableColumns
{
    private readonly TextTable table;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    /// <param name="table">Table.</param>
    /// <param name="required">Columns it must have.</param>
    /// <param name="optional">Columns it may have.</param>
    public TableColumns(TextTable table, string[] required, string[] optional)
    {
        this.table = table;
        for (var i = 0; i < table.Header.Length; i++) places.TryAdd(table.Header[i], i);
        var wrong = places.Count != table.Header.Length || required.Any(name => !places.ContainsKey(name))
            || places.Keys.Any(name => !required.Contains(name) && !optional.Contains(name));
        if (!wrong) return;
        var may = optional.Length == 0 ? "" : $" (and may be {OneLine.List(optional)})";
        throw new InputException($"{table.Name}: columns are {OneLine.Quote(string.Join(',', table.Header))}; they must be {OneLine.List(required)}{may}");
    }

    public bool Has(string column) => places.ContainsKey(column);

    public string Text(TextRow row, string column)
    {
        if (row.Cells.Length != table.Header.Length)
            throw Wrong(row, string.Create(CultureInfo.InvariantCulture, $"{row.Cells.Length} cells under {table.Header.Length} columns"));
        return row.Cells[places[column]];
    }

    /// <summary>A whole number from 0.</summary>
    public int Whole(TextRow row, string column) =>
        int.TryParse(Text(row, column), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(row, $"{column} {OneLine.Quote(Text(row, column))} is not a whole number from 0");

    /// <summary>A number from 0.</summary>
    public double Amount(TextRow row, string column) =>
        double.TryParse(Text(row, column), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value) && value >= 0
            ? value
            : throw Wrong(row, $"{column} {OneLine.Quote(Text(row, column))} is not a number from 0");

    public InputException Wrong(TextRow row, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: line {row.Line}: {what}"));
}
