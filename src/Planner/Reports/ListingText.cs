using Spectre.Console;

namespace Planner.Reports;

/// <summary>A listing as a table for people; plain in a pipe.</summary>
internal static class ListingText
{
    // Wide enough that no table is cut where nobody said how wide the page is.
    private const int PipeWidth = 200;

    public static void Write(Listing whole, TextWriter output, bool color)
    {
        var listing = whole.Page ?? whole;
        using var page = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(page),
        });
        console.Profile.Width = listing.Wraps ? TextLines.Width : PipeWidth;
        console.Profile.Capabilities.Unicode = false;
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        var shown = listing.Columns.Select((column, index) => (Column: column, Index: index)).Where(pair => !pair.Column.FilesOnly).ToList();
        foreach (var (column, index) in shown)
        {
            var cells = new TableColumn(new Markup(Markup.Escape(column.Title), new Style(decoration: color ? Decoration.Bold : Decoration.None)))
            {
                NoWrap = !listing.Wraps,
                Padding = new Padding(0, 0, 2, 0),
                Alignment = listing.Rows.Any(row => row[index].Number is not null) ? Justify.Right : Justify.Left,
            };
            table.AddColumn(cells);
        }

        foreach (var row in listing.Rows) table.AddRow(shown.Select(pair => new Text(row[pair.Index].Readable)));
        console.Write(table);
        foreach (var line in page.ToString().TrimEnd().Split('\n')) output.Write(line.TrimEnd() + "\n");
    }
}
