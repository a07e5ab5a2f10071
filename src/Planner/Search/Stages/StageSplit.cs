namespace Planner.Search;

/// <summary>A box in two: a rank or a stage holds at most so many layers, or more.</summary>
/// <param name="Fraction">How far the best fractions of the box are from a whole number there.</param>
/// <param name="Below">At most so many.</param>
/// <param name="Above">More.</param>
internal sealed record StageSplit(double Fraction, StageBox Below, StageBox Above)
{
    // A rank closer to a whole number of layers is left to its stages.
    private const double Whole = 0.02;

    // Of ranks that are known equally well the one in the middle, which meets most of the others; less than any difference.
    private const double Middle = 0.01;

    /// <summary>
    /// Ways to split a box: ranks first, then the stages of the rank that is known best, for one that is known says more than parts of many.
    /// </summary>
    public static IReadOnlyList<StageSplit> Of(StageBox box, RankCosts[] costs)
    {
        StageSplit[] ranks = [.. costs.Where(rank => box.LeastOfRank[rank.Rank] < box.MostOfRank[rank.Rank]).Select(rank => OfRank(box, rank))];
        if (ranks.Any(way => way.Fraction > Whole)) return ranks;
        var open = costs.Where(rank => rank.Stages.Any(stage => box.Least[stage] < box.Most[stage]));
        var known = open.MaxBy(rank => rank.Stages.Sum(stage => 1.0 / (1 + box.Most[stage] - box.Least[stage])) + (rank.Rank == costs.Length / 2 ? Middle : 0))!;
        return [.. known.Stages.Where(stage => box.Least[stage] < box.Most[stage]).Select(stage => OfStage(box, stage))];
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
