using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class LayoutOrderTest
{
    private const int Layouts = 40_000;

    [Test]
    public void Indexer_JoinedLists_GivesTheOrderOfASort()
    {
        var random = new Random(1);
        ScoredLayout[] drawn = [.. Enumerable.Range(0, Layouts).Select(i => new ScoredLayout(Bound(random), 1, i, 1, 1, 1, 1, 1, 0, 0, 0))];
        var (one, other) = (new ScoredLayouts(), new ScoredLayouts());
        for (var i = 0; i < drawn.Length; i++) (i % 3 == 0 ? one : other).Add(drawn[i]);

        var all = ScoredLayouts.Joined([one, other]);
        Assert.That((all.Count, all.Least), Is.EqualTo((Layouts, drawn.Min(layout => layout.Bound))));
        Assert.That(new LayoutOrder(all), Is.EqualTo(drawn.Order()));
    }

    // Many are equal, few far above the others.
    private static double Bound(Random random) => Math.Round(100 / (random.NextDouble() + 0.01));
}
