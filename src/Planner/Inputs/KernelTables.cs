using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using Planner.Cost.Kernels;

namespace Planner.Inputs;

/// <summary>Finds and reads the measured GEMM tables that a stack file names: beside the stack file first, then in the data folder.</summary>
internal sealed class KernelTables(string? ownFolder, string dataFolder)
{
    private readonly ConcurrentDictionary<(string, string), ImmutableArray<MeasuredGemm>> known = new();

    private static readonly string[] Columns = ["layout", "groups", "rows_per_group", "columns", "depth", "tflops", "source", "date"];

    // Lenient by default: without these a short row or an open quote would drop rows in silence.
    private static readonly CsvReaderOptions Strict = new()
    {
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        MalformedData = CsvMalformedDataHandling.Throw,
        MissingField = CsvMissingFieldHandling.Throw,
    };

    /// <summary>The rows of a date. Masked rows (decode shapes) are left out; a dense row has one group.</summary>
    public ImmutableArray<MeasuredGemm> Read(string table, string date) => known.GetOrAdd((table, date), key => ReadFile(key.Item1, key.Item2));

    private ImmutableArray<MeasuredGemm> ReadFile(string table, string date)
    {
        InputText text = Open(table);
        ImmutableArray<MeasuredGemm>.Builder rows = ImmutableArray.CreateBuilder<MeasuredGemm>();
        var dates = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            using CsvReader csv = CsvReader.Create(text.Bytes, Strict);
            while (csv.Read())
            {
                string[] row = [.. Columns.Select(column => csv.GetString(csv.GetFieldIndex(column)))];
                dates.Add(row[7]);
                if (row[7] == date && row[0] is "dense" or "grouped_contiguous")
                    rows.Add(Row(text.Name, row));
            }
        }
        catch (Exception error) when (error is CsvFormatException or KeyNotFoundException or ArgumentException or InvalidOperationException)
        {
            throw new InputException($"{text.Name} is not a kernel table: {error.Message}; columns: {OneLine.List(Columns)}");
        }

        return rows.Count > 0
            ? rows.ToImmutable()
            : throw new InputException(
                $"{text.Name} has no dense or grouped_contiguous rows of {OneLine.Quote(date)}; dates: {OneLine.List(dates)}");
    }

    private InputText Open(string table)
    {
        if (ownFolder is not null && Path.Join(ownFolder, table) is { } own && File.Exists(own))
            return InputText.Read(own);
        return InputText.Read(Path.Join(dataFolder, table)) with { Name = table };
    }

    private static MeasuredGemm Row(string file, string[] row)
    {
        int Whole(int column) => int.TryParse(row[column], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw new InputException($"{file}: {Columns[column]} must be a whole number above 0, got {OneLine.Quote(row[column])}");
        return double.TryParse(row[5], NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is > 0 and < 1e6
            ? new MeasuredGemm(row[0] == "dense" ? 1 : Whole(1), Whole(2), Whole(3), Whole(4), rate)
            : throw new InputException($"{file}: tflops must be above 0, got {OneLine.Quote(row[5])}");
    }
}
