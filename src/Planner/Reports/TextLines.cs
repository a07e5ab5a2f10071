using System.Text;

namespace Planner.Reports;

/// <summary>Lines of at most 100 columns: a label on the left, text that wraps under itself on the right.</summary>
internal sealed class TextLines
{
    public const int Width = 100;
    private const int Indent = 2;
    private const int LabelWidth = 12;
    private const string Gap = "   ";
    private readonly StringBuilder text = new();

    /// <summary>A line as it is.</summary>
    public TextLines Line(string line = "")
    {
        text.Append(line.TrimEnd()).Append('\n');
        return this;
    }

    /// <summary>A sentence from the left edge.</summary>
    public TextLines Paragraph(string sentence) => Wrapped("", "  ", sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries), " ");

    /// <summary>A label and a sentence, wrapped between words.</summary>
    public TextLines Sentence(string label, string sentence) => Wrapped(Head(label), Head(""), sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries), " ");

    /// <summary>A label and items that stay whole, three spaces apart.</summary>
    public TextLines Items(string label, IEnumerable<string> items) => Wrapped(Head(label), Head(""), items, Gap);

    /// <summary>A label and pieces of one word, broken between pieces where it is long.</summary>
    public TextLines Pieces(string label, IEnumerable<string> pieces) => Wrapped(Head(label), Head(""), pieces, "");

    /// <summary>A label and a table; every column as wide as its widest cell, numbers to the right.</summary>
    public TextLines Table(string label, IReadOnlyList<string[]> rows, Func<int, bool> right)
    {
        if (rows.Count == 0) return this;
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var cells = rows[i].Select((cell, column) => right(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            Line(Head(i == 0 ? label : "") + string.Join("  ", cells));
        }

        return this;
    }

    /// <summary>A table from the left edge; its first row is the heads.</summary>
    public TextLines Grid(IReadOnlyList<string[]> rows, Func<int, bool> right)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Line(new string(' ', Indent) + string.Join("  ", row.Select((cell, column) => right(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))));
        return this;
    }

    public override string ToString() => text.ToString();

    private TextLines Wrapped(string head, string margin, IEnumerable<string> items, string gap)
    {
        var line = new StringBuilder(head);
        var empty = true;
        foreach (var item in items)
        {
            if (!empty && line.Length + gap.Length + item.Length > Width)
            {
                Line(line.ToString());
                line.Clear().Append(margin);
                empty = true;
            }

            if (!empty) line.Append(gap);
            line.Append(item);
            empty = false;
        }

        return Line(line.ToString());
    }

    private static string Head(string label) => new string(' ', Indent) + label.PadRight(LabelWidth);
}
