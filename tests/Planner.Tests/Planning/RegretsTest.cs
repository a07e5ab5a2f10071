using NUnit.Framework;
using Planner.Planning;

namespace Planner.Tests.Planning;

internal sealed class RegretsTest
{
    private const long None = long.MaxValue;

    // Four draws and a corner of three layouts, by hand.
    private static readonly long[][] Steps =
    [
        [100, 101, 110],
        [100, 104, 110],
        [130, 110, 112],
        [100, None, 150],
        [120, 105, 100],
    ];

    private static readonly Regrets All = new(Steps, 4);

    [Test]
    public void Shares_AreOfTheDrawsAlone() => Assert.That(
        (All.Within(0, 0.02), All.Within(1, 0.02), All.Within(2, 0.02), All.Fits(1)), Is.EqualTo((0.75, 0.5, 0.25, 0.75)));

    [Test]
    public void Regrets_AreOverTheBestThatFits()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(All.Worst(0), Is.EqualTo(0.2).Within(1e-12));
            Assert.That(All.Worst(1), Is.EqualTo(0.05).Within(1e-12));
            Assert.That(All.Worst(2), Is.EqualTo(0.5).Within(1e-12));
            Assert.That(All.Mean(0), Is.EqualTo(20.0 / 110 / 4).Within(1e-12));
            Assert.That(All.Of(3, 1), Is.EqualTo(double.PositiveInfinity));
        }
    }

    [Test]
    public void Choose_TakesTheSmallestWorstRegretOfThoseThatFitOftenEnough()
    {
        using (Assert.EnterMultipleScope())
        {
            // The second regrets least, but a quarter of the draws is too often not to fit.
            Assert.That(All.Choose(), Is.Zero);
            Assert.That(new Regrets([.. Steps.Where(world => world[1] != None)], 3).Choose(), Is.EqualTo(1));
            Assert.That(new Regrets([[None, None], [3, 2]], 2).Choose(), Is.EqualTo(1));
        }
    }

    [Test]
    public void Worlds_WhereNothingFits_CostNobody() => Assert.That(new Regrets([[None, None], [3, 2]], 2).Of(0, 0), Is.Zero);
}
