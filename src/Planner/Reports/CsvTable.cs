using CsvHelper;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>One table as CSV: a header, then cells row by row; comma, LF, invariant numbers of six significant digits.</summary>
internal sealed class CsvTable : IDisposable
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n" };
    private readonly CsvWriter csv;

    public CsvTable(TextWriter writer, string header)
    {
        csv = CsvWriter.Create(writer, Options, leaveOpen: true);
        foreach (var column in header.Split(',')) csv.WriteField(column);
        csv.EndRecord();
    }

    public CsvTable Cell(string? text)
    {
        csv.WriteField(text ?? "");
        return this;
    }

    public CsvTable Cell(int number) => Cell(PlanWords.Of(number));

    public CsvTable Cell(double number) => Cell(SixDigits.Text(number));

    public CsvTable Cell(double? number) => Cell(number is { } known ? SixDigits.Text(known) : "");

    public void End() => csv.EndRecord();

    public void Dispose() => csv.Dispose();
}
