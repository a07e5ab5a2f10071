namespace Planner.Search;

/// <summary>A box in two: a rank or a stage holds at most so many layers, or more.</summary>
/// <param name="Fraction">How far the best fractions of the box are from a whole number there.</param>
/// <param name="Below">At most so many.</param>
/// <param name="Above">More.</param>
internal sealed record StageSplit(double Fraction, StageBox Below, StageBox Above)
{
    // A rank closer to a whole number of layers is left to its stages.
    private const double Whole = 0.02;

    /// <summary>Ways to split a box: ranks first, for their sums bound the most, then stages.</summary>
    public static IReadOnlyList<StageSplit> Of(StageBox box, RankCosts[] costs)
    {
        StageSplit[] ranks = [.. costs.Where(rank => box.LeastOfRank[rank.Rank] < box.MostOfRank[rank.Rank]).Select(rank => OfRank(box, rank))];
        if (ranks.Any(way => way.Fraction > Whole)) return ranks;
        return [.. costs.SelectMany(rank => rank.Stages).Where(stage => box.Least[stage] < box.Most[stage]).Select(stage => OfStage(box, stage))];
    }

    private static StageSplit OfRank(StageBox box, RankCosts rank)
    {
        var at = rank.Rank;
        var (fraction, layers) = Cut(box.Fractions is { } fractions ? rank.Stages.Sum(fractions.Layers) : 0, box.LeastOfRank[at], box.MostOfRank[at]);
        var (below, above) = (box.Copy(), box.Copy());
        below.MostOfRank[at] = layers;
        above.LeastOfRank[at] = layers + 1;
        return new StageSplit(fraction, below, above);
    }

    private static StageSplit OfStage(StageBox box, int stage)
    {
        var (fraction, layers) = Cut(box.Fractions?.Layers(stage) ?? 0, box.Least[stage], box.Most[stage]);
        var (below, above) = (box.Copy(), box.Copy());
        below.Most[stage] = layers;
        above.Least[stage] = layers + 1;
        return new StageSplit(fraction, below, above);
    }

    private static (double Fraction, int Layers) Cut(double held, int least, int most)
    {
        held = Math.Clamp(held, least, most);
        return (Math.Min(held - Math.Floor(held), Math.Ceiling(held) - held), Math.Clamp((int)Math.Floor(held), least, most - 1));
    }
}
