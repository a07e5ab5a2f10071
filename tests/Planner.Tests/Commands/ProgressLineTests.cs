using NUnit.Framework;
using Planner.Commands;
using Planner.Cost.Units;
using Planner.Search;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class ProgressLineTests
{
    private static readonly SearchProgress Progress = new("placing", 96, new Seconds(10.25), new Seconds(9.93)) { Scored = 1_234_567, Survivors = 412_300 };

    [Test]
    public void Report_InAPipe_StaysSilent() => Assert.That(Written(terminal: false, 5), Is.Empty);

    [Test]
    public void Report_FirstSecond_StaysSilent() => Assert.That(Written(terminal: true, 0.5, 0.9), Is.Empty);

    [Test]
    public void Report_Later_DrawsOneLineAndErasesIt()
    {
        const string Line = "placing 96 of 412300 (1.235M scored), best 10.25 s, bound 9.930 s, gap 3.1 %";
        Assert.That(Written(terminal: true, 0.5, 1.5, 1.55, 1.7), Is.EqualTo($"\r{Line}\r{Line}\r{new string(' ', Line.Length)}\r"));
    }

    [Test]
    public void Report_WhileScoring_SaysHowMany() =>
        Assert.That(Written(new SearchProgress("scoring", 1_234_567, null, null), terminal: true, 1.5), Does.StartWith("\rscoring, 1.235M layouts\r"));

    [Test]
    public void Report_APlanWithoutABound_LeavesTheGapOut() =>
        Assert.That(Written(new SearchProgress("placing", 1, new Seconds(2), Seconds.Zero), terminal: true, 1.5), Does.StartWith("\rplacing, 1 layout, best 2.000 s\r"));

    private static string Written(bool terminal, params double[] seconds) => Written(Progress, terminal, seconds);

    private static string Written(SearchProgress progress, bool terminal, params double[] seconds)
    {
        using var error = new StringWriter();
        var now = TimeSpan.Zero;
        using (var line = new ProgressLine(error, terminal, () => now))
        {
            foreach (var second in seconds)
            {
                now = TimeSpan.FromSeconds(second);
                line.Report(progress);
            }
        }

        return error.ToString();
    }
}
