using System.Collections.Immutable;
using System.Globalization;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>A column of a listing.</summary>
/// <param name="Key">In JSON and CSV, with its unit.</param>
/// <param name="Title">For people.</param>
/// <param name="FilesOnly">Left out for people, whose page is narrow.</param>
internal sealed record ListingColumn(string Key, string Title, bool FilesOnly = false);

/// <summary>A cell: text, a number, or nothing.</summary>
/// <param name="Whole">The number is a count: exact in JSON and CSV.</param>
/// <param name="ReadAs">What people read is the number times this: 671 in 1e9 becomes 671B.</param>
internal readonly record struct ListingCell(string? Text, double? Number, bool Whole = false, double ReadAs = 1)
{
    public static implicit operator ListingCell(string? text) => new(text, null);

    public static implicit operator ListingCell(double number) => new(null, number);

    public static implicit operator ListingCell(double? number) => new(null, number);

    public static implicit operator ListingCell(int number) => new(null, number);

    public string Plain => Text ?? (Number is { } number ? Whole ? Quantity.Fixed(number, 0) : SixDigits.Text(number) : "");

    public string Readable => Text ?? (Number is { } number ? Readably(number * ReadAs) : "");

    private static string Readably(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1e6 ? number.ToString("F0", CultureInfo.InvariantCulture) : Quantity.Short(number);
}

/// <summary>What planner list prints, before it has a format.</summary>
internal sealed record Listing(string Noun, ImmutableArray<ListingColumn> Columns, ImmutableArray<ImmutableArray<ListingCell>> Rows)
{
    /// <summary>What people read instead where the whole table is too wide for a page; CSV and JSON have everything.</summary>
    public Listing? Page { get; init; }

    /// <summary>Its last column holds sentences, which are broken into lines for people.</summary>
    public bool Wraps { get; init; }

    public string Csv()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        using (var csv = new CsvTable(writer, string.Join(',', Columns.Select(column => column.Key))))
        {
            foreach (var row in Rows)
            {
                foreach (var cell in row) csv.Cell(cell.Plain);
                csv.End();
            }
        }

        return writer.ToString();
    }

    public string Json() => PlanJson.Object(json => json.Rows(Noun, Rows, (line, row) =>
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] is { Whole: true, Number: { } count }) line.WriteNumber(Columns[i].Key, (long)count);
            else if (row[i].Number is { } number) line.Rounded(Columns[i].Key, number);
            else if (row[i].Text is { } text) line.WriteString(Columns[i].Key, text);
            else line.WriteNull(Columns[i].Key);
        }
    }));
}
