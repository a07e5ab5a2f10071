namespace Planner.Search;

/// <summary>A box in two: a rank or a stage holds at most so many layers, or more.</summary>
/// <param name="Fraction">How far the best fractions of the box are from a whole number there; 1 more for ranks, which come first.</param>
/// <param name="Below">At most so many.</param>
/// <param name="Above">More.</param>
internal sealed record StageSplit(double Fraction, StageBox Below, StageBox Above)
{
    /// <summary>All ways to split a box.</summary>
    public static IEnumerable<StageSplit> Of(StageBox box, RankCosts[] costs)
    {
        foreach (var rank in costs)
        {
            var at = rank.Rank;
            if (box.LeastOfRank[at] == box.MostOfRank[at]) continue;
            var (fraction, layers) = Cut(box.Fractions is { } fractions ? rank.Stages.Sum(fractions.Layers) : 0, box.LeastOfRank[at], box.MostOfRank[at]);
            var (below, above) = (box.Copy(), box.Copy());
            below.MostOfRank[at] = layers;
            above.LeastOfRank[at] = layers + 1;
            yield return new StageSplit(1 + fraction, below, above);
        }

        for (var stage = 0; stage < box.Least.Length; stage++)
        {
            if (box.Least[stage] == box.Most[stage]) continue;
            var (fraction, layers) = Cut(box.Fractions?.Layers(stage) ?? 0, box.Least[stage], box.Most[stage]);
            var (below, above) = (box.Copy(), box.Copy());
            below.Most[stage] = layers;
            above.Least[stage] = layers + 1;
            yield return new StageSplit(fraction, below, above);
        }
    }

    private static (double Fraction, int Layers) Cut(double held, int least, int most)
    {
        held = Math.Clamp(held, least, most);
        return (Math.Min(held - Math.Floor(held), Math.Ceiling(held) - held), Math.Clamp((int)Math.Floor(held), least, most - 1));
    }
}
