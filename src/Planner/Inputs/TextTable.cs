using System.Collections.Immutable;
using CsvHelper;

namespace Planner.Inputs;

/// <summary>A line of a table: where it starts in the file, and its cells without blanks around them.</summary>
internal sealed record TextRow(long Line, ImmutableArray<string> Cells);

/// <summary>A CSV file with one header line, as text. Rows may be shorter or longer than the header: whoever reads them says so.</summary>
/// <param name="Name">Name that errors carry.</param>
internal sealed record TextTable(string Name, ImmutableArray<string> Header, ImmutableArray<TextRow> Rows)
{
    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
    };

    /// <summary>Reads a file; throws <see cref="InputException"/>.</summary>
    public static TextTable Read(string path)
    {
        InputText text = InputText.Read(path);
        try
        {
            using CsvReader csv = CsvReader.Create(text.Bytes, Options);
            ImmutableArray<string> header = [.. csv.Headers.Select(name => name.Trim())];
            ImmutableArray<TextRow>.Builder rows = ImmutableArray.CreateBuilder<TextRow>();
            while (csv.Read())
                rows.Add(new TextRow(csv.LineNumber, [.. Enumerable.Range(0, csv.FieldCount).Select(index => csv.GetString(index).Trim())]));
            return new TextTable(text.Name, header, rows.ToImmutable());
        }
        catch (Exception error) when (error is CsvFormatException or InvalidOperationException)
        {
            throw new InputException($"{text.Name} is not a CSV table: {error.Message}");
        }
    }
}
