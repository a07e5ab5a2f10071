using System.Diagnostics;
using Planner.Planning;
using Planner.Reports;

namespace Planner.Commands;

/// <summary>One line on the terminal that is drawn over, from the second second on, and erased at the end. Silent elsewhere.</summary>
internal sealed class ProgressLine(TextWriter error, bool terminal, Func<TimeSpan> elapsed) : IProgressSink, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.1);
    private TimeSpan next = Patience;
    private int width;

    public static ProgressLine Start(TextWriter error, bool terminal)
    {
        var watch = Stopwatch.StartNew();
        return new ProgressLine(error, terminal, () => watch.Elapsed);
    }

    public void Report(in SearchProgress progress)
    {
        if (!terminal || elapsed() < next) return;
        next = elapsed() + Interval;
        var line = $"{progress.Phase}, {Quantity.Count(progress.Layouts)} layouts";
        if (progress.Best is { } best) line += $", best {Quantity.Time(best)}";
        if (progress.Gap is { } gap) line += $", gap {Quantity.Percent(gap)}";
        Draw(line.Length > 79 ? line[..79] : line);
    }

    public void Dispose()
    {
        if (width > 0) Draw("");
    }

    private void Draw(string line)
    {
        error.Write("\r" + line.PadRight(width) + (line.Length == 0 ? "\r" : ""));
        error.Flush();
        width = line.Length;
    }
}
