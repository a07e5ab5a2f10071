using System.Collections.Immutable;
using System.Globalization;
using NUnit.Framework;
using Planner.Validation;

namespace Planner.Tests.Validation;

/// <summary>
/// The published scoreboard: what the estimates reach on the shipped runs. A change of the cost model that moves a figure by more than the tolerance
/// fails here; if it is meant, write data/measurements/scoreboard.csv again (the command is in that folder's README) and say why in the commit.
/// </summary>
[TestFixture]
public sealed class ScoreboardTest
{
    // Points of percent.
    private const double Tolerance = 0.2;
    private static readonly Lazy<ValidationResult> Today = new(() => ValidationResult.Of(
        RunTable.Read(Path.Join(AppContext.BaseDirectory, "data", "measurements", "published-runs.csv")),
        new RunEstimator(new RunCatalogs())));

    private static string[] Lines => File.ReadAllLines(Path.Join(AppContext.BaseDirectory, "data", "measurements", "scoreboard.csv"));

    [TestCaseSource(nameof(Families))]
    public void Family_IsAsPublished(string family)
    {
        string[] header = Lines[0].Split(',');
        string[] cells = Lines.Select(line => line.Split(',')).Single(line => line[0] == family);
        Score score = family == "all" ? Today.Value.Scores.Overall : Today.Value.Scores.Families.Single(today => today.Name == family);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(score.Rows, Is.EqualTo(Number("rows")));
            Assert.That(score.Mape ?? double.NaN, Is.EqualTo(Number("mape")).Within(Tolerance), "MAPE");
            Assert.That(score.MedianApe ?? double.NaN, Is.EqualTo(Number("median_ape")).Within(Tolerance), "median");
            Assert.That(score.Bias ?? double.NaN, Is.EqualTo(Number("bias")).Within(Tolerance), "bias");
            Assert.That(score.MemoryRows, Is.EqualTo(Number("memory_rows")));
            Assert.That(score.MemoryMape ?? double.NaN, Is.EqualTo(Number("memory_mape")).Within(Tolerance), "memory");
        }

        double Number(string column) => cells[Array.IndexOf(header, column)] is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;
    }

    [Test]
    public void EveryFamily_IsPublished() =>
        Assert.That(Today.Value.Scores.Families.Select(score => score.Name).Append("all"), Is.EquivalentTo(Families));

    /// <summary>What the project promises of the whole table.</summary>
    [Test]
    public void Promises_AreKept()
    {
        Scoreboard scores = Today.Value.Scores;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scores.High!.Mape, Is.LessThan(9));
            Assert.That(scores.High.MedianApe, Is.LessThan(6));
            Assert.That(scores.High.Bias, Is.InRange(-3, 3));
            Assert.That(scores.Families.Where(score => score.Rows >= 10).Max(score => score.Mape), Is.LessThan(18));
            Assert.That(scores.Families.Single(score => score.Name == "vtrain").Mape, Is.LessThan(6.5));
            Assert.That(scores.Families.Single(score => score.Name == "simumax").MemoryMape, Is.LessThan(0.4));
            Assert.That(scores.Families.Single(score => score.Name == "simumax").MemoryMax, Is.LessThan(1.2));
            Assert.That(scores.Overall.MemoryMape, Is.LessThan(8));
            Assert.That(scores.Overall.Spearman, Is.GreaterThan(0.85));
            Assert.That(scores.Overall.Regret, Is.LessThan(2));
        }
    }

    private static ImmutableArray<string> Families => [.. Lines.Skip(1).Select(line => line.Split(',')[0])];
}
