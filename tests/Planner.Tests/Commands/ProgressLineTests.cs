using NUnit.Framework;
using Planner.Commands;
using Planner.Cost.Units;
using Planner.Planning;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class ProgressLineTests
{
    private static readonly SearchProgress Progress = new("scoring", 1_234_567, new Seconds(10.25), 0.031);

    [Test]
    public void Report_InAPipe_StaysSilent() => Assert.That(Written(terminal: false, 5), Is.Empty);

    [Test]
    public void Report_FirstSecond_StaysSilent() => Assert.That(Written(terminal: true, 0.5, 0.9), Is.Empty);

    [Test]
    public void Report_Later_DrawsOneLineAndErasesIt()
    {
        const string Line = "scoring, 1.235M layouts, best 10.25 s, gap 3.1 %";
        Assert.That(Written(terminal: true, 0.5, 1.5, 1.55, 1.7), Is.EqualTo($"\r{Line}\r{Line}\r{new string(' ', Line.Length)}\r"));
    }

    private static string Written(bool terminal, params double[] seconds)
    {
        using var error = new StringWriter();
        var now = TimeSpan.Zero;
        using (var line = new ProgressLine(error, terminal, () => now))
        {
            foreach (var second in seconds)
            {
                now = TimeSpan.FromSeconds(second);
                line.Report(Progress);
            }
        }

        return error.ToString();
    }
}
