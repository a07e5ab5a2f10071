using System.Diagnostics;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Reports;
using Planner.Search;

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
        var line = Line(progress);
        Draw(line.Length > 79 ? line[..79] : line);
    }

    // For example: placing 96 of 412.3K (1.58M scored), best 13.74 s, bound 13.37 s, gap 2.7 %
    private static string Line(in SearchProgress progress)
    {
        var line = progress.Phase;
        if (progress.Layouts is { } layouts)
        {
            line += progress.Survivors is { } survivors
                ? $" {Quantity.Count(layouts)} of {Quantity.Count(survivors)}"
                : $", {Quantity.Of(layouts, "layout")}";
        }

        if (progress.Scored is { } scored) line += $" ({Quantity.Count(scored)} scored)";
        if (progress.Best is not { } best) return line;
        line += $", best {Quantity.Time(best)}";
        return progress.Bound is { } bound && bound > Seconds.Zero
            ? $"{line}, bound {Quantity.Time(bound)}, gap {Quantity.Percent(Math.Max(0, (best - bound) / best))}"
            : line;
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
