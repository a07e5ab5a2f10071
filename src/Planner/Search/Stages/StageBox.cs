using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>A set of placements: fewest and most layers of every stage and of every rank.</summary>
internal sealed class StageBox
{
    private const double Slight = 1e-9;

    private StageBox(int place, int[] least, int[] most, int[] leastOfRank, int[] mostOfRank)
    {
        Place = place;
        Least = least;
        Most = most;
        LeastOfRank = leastOfRank;
        MostOfRank = mostOfRank;
    }

    /// <summary>0: the MTP module is on the last stage; 1: on the one before it.</summary>
    public int Place { get; }

    public int[] Least { get; }

    public int[] Most { get; }

    public int[] LeastOfRank { get; }

    public int[] MostOfRank { get; }

    /// <summary>The best placement in fractions that was replayed.</summary>
    public StageFractions? Fractions { get; set; }

    /// <summary>Where the next paths are looked for: towards these fractions, at first its parent's.</summary>
    public StageFractions? Guide { get; set; }

    /// <summary>In ticks; no placement of the box is shorter.</summary>
    public double Bound { get; set; }

    /// <summary>Paths that carry its bound, or its parent's.</summary>
    public PathCut[] Carrying { get; set; } = [];

    /// <summary>Turns so far.</summary>
    public int Turns { get; set; }

    /// <summary>Turns without a gain.</summary>
    public int Stalled { get; set; }

    /// <summary>It has had its turns and is to be split.</summary>
    public bool Settled { get; set; }

    /// <summary>Nothing was split yet.</summary>
    public bool Whole { get; private init; } = true;

    /// <summary>One placement is left.</summary>
    public bool Single => Least.AsSpan().SequenceEqual(Most);

    /// <summary>All placements with the MTP module at a place; null where there are too few layers.</summary>
    public static StageBox? All(PlacementProblem problem, int place)
    {
        if (LayerCounts.Least(problem, place) is not { } least) return null;
        var layers = problem.DenseLayers + problem.MoeLayers;
        var most = new int[problem.Stages];
        for (var stage = 0; stage < most.Length; stage++) most[stage] = least.Grows(stage) ? layers : least.Layers[stage];
        var ofRank = new int[problem.Graph.Ranks];
        Array.Fill(ofRank, layers);
        return new StageBox(place, [.. least.Layers], most, new int[ofRank.Length], ofRank);
    }

    /// <summary>Whether layers in fractions are inside.</summary>
    public bool Holds(StageFractions fractions, RankCosts[] costs)
    {
        for (var stage = 0; stage < Least.Length; stage++)
            if (fractions.Layers(stage) < Least[stage] - Slight || fractions.Layers(stage) > Most[stage] + Slight) return false;
        foreach (var rank in costs)
        {
            var held = rank.Stages.Sum(fractions.Layers);
            if (held < LeastOfRank[rank.Rank] - Slight || held > MostOfRank[rank.Rank] + Slight) return false;
        }

        return true;
    }

    public StageBox Copy() => new(Place, [.. Least], [.. Most], [.. LeastOfRank], [.. MostOfRank]) { Guide = Fractions ?? Guide, Carrying = Carrying, Bound = Bound, Whole = false };

    /// <summary>Leaves what is in a part of it.</summary>
    public void NarrowTo(StageBox part)
    {
        for (var stage = 0; stage < Least.Length; stage++)
        {
            Raise(Least, stage, part.Least[stage]);
            Lower(Most, stage, part.Most[stage]);
        }

        for (var rank = 0; rank < LeastOfRank.Length; rank++)
        {
            Raise(LeastOfRank, rank, part.LeastOfRank[rank]);
            Lower(MostOfRank, rank, part.MostOfRank[rank]);
        }
    }

    /// <summary>Draws stages, ranks and the sum of all layers together until nothing gives; false where nothing is left.</summary>
    public bool Tighten(PlacementProblem problem)
    {
        var layers = problem.DenseLayers + problem.MoeLayers;
        var ranks = problem.Graph.StagesOfRank;
        for (var changed = true; changed;)
        {
            changed = false;
            for (var rank = 0; rank < ranks.Length; rank++)
            {
                var (least, most) = (0, 0);
                foreach (var stage in ranks[rank]) (least, most) = (least + Least[stage], most + Most[stage]);
                changed |= Raise(LeastOfRank, rank, least) | Lower(MostOfRank, rank, most);
                foreach (var stage in ranks[rank])
                {
                    changed |= Lower(Most, stage, MostOfRank[rank] - least + Least[stage]);
                    changed |= Raise(Least, stage, LeastOfRank[rank] - most + Most[stage]);
                    if (Least[stage] > Most[stage]) return false;
                }

                if (LeastOfRank[rank] > MostOfRank[rank]) return false;
            }

            var (leastOfAll, mostOfAll) = (LeastOfRank.Sum(), MostOfRank.Sum());
            if (leastOfAll > layers || mostOfAll < layers) return false;
            for (var rank = 0; rank < ranks.Length; rank++)
            {
                changed |= Lower(MostOfRank, rank, layers - leastOfAll + LeastOfRank[rank]);
                changed |= Raise(LeastOfRank, rank, layers - mostOfAll + MostOfRank[rank]);
            }
        }

        return true;
    }

    private static bool Raise(int[] values, int i, int to)
    {
        if (values[i] >= to) return false;
        values[i] = to;
        return true;
    }

    private static bool Lower(int[] values, int i, int to)
    {
        if (values[i] <= to) return false;
        values[i] = to;
        return true;
    }
}
