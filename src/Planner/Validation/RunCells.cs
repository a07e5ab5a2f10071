using System.Globalization;
using Planner.Inputs;

namespace Planner.Validation;

/// <summary>The cells of one row by column name; keeps the first objection.</summary>
internal sealed class RunCells(IReadOnlyDictionary<string, int> columns, TextRow row)
{
    private const int Largest = 1_000_000_000;
    private static readonly string[] Yes = ["true", "yes", "on", "1"];
    private static readonly string[] No = ["false", "no", "off", "0"];

    /// <summary>Why the row cannot be read; null where it can.</summary>
    public string? Objection { get; private set; }

    /// <summary>Empty where the table has no such column.</summary>
    public string Text(string column) => columns.TryGetValue(column, out var index) && index < row.Cells.Length ? row.Cells[index] : "";

    public string Word(string column) => Text(column).ToLowerInvariant();

    public int? Whole(string column)
    {
        var given = Text(column);
        if (given.Length == 0) return null;
        if (Number(given) is { } value && value == Math.Floor(value) && value is >= 1 and <= Largest) return (int)value;
        Object($"{column} {OneLine.Quote(given)} is not a whole number above 0");
        return null;
    }

    public double? Positive(string column)
    {
        var given = Text(column);
        if (given.Length == 0) return null;
        if (Number(given) is { } value and > 0) return value;
        Object($"{column} {OneLine.Quote(given)} is not a number above 0");
        return null;
    }

    public bool? Flag(string column)
    {
        var given = Word(column);
        if (given.Length == 0) return null;
        if (Yes.Contains(given)) return true;
        if (No.Contains(given)) return false;
        Object($"{column} {OneLine.Quote(given)} is neither true nor false");
        return null;
    }

    public MemoryKind? Kind(string column)
    {
        switch (Word(column))
        {
            case "":
                return null;
            case "allocated":
                return MemoryKind.Allocated;
            case "reserved":
                return MemoryKind.Reserved;
            case "device":
                return MemoryKind.Device;
            default:
                Object($"{column} {OneLine.Quote(Text(column))} is not known; allowed: allocated, reserved, device");
                return null;
        }
    }

    public void Object(string reason) => Objection ??= reason;

    private static double? Number(string given) =>
        double.TryParse(given, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            ? value
            : null;
}
