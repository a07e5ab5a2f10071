using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>Narrows a box by single paths: a stage or a rank cannot hold so many layers that one path alone reaches the upper bound.</summary>
internal static class StageRooms
{
    /// <summary>False where no placement of the box keeps a path at or below the limit.</summary>
    public static bool Narrow(PlacementProblem problem, StageLine line, StageBox box, double limit)
    {
        var layers = problem.DenseLayers + problem.MoeLayers;
        var cheapest = new double[problem.Stages];
        var shortest = line.Constant[box.Place];
        var surplus = layers;
        for (var stage = 0; stage < cheapest.Length; stage++)
        {
            cheapest[stage] = Math.Min(
                problem.DenseLayers > 0 ? line.Dense[stage] : double.MaxValue, problem.MoeLayers > 0 ? line.Moe[stage] : double.MaxValue);
            shortest += box.Least[stage] * cheapest[stage];
            surplus -= box.Least[stage];
        }

        var ofRanks = new double[problem.Graph.Ranks];
        for (var rank = 0; rank < ofRanks.Length; rank++)
        {
            ofRanks[rank] = double.MaxValue;
            foreach (var stage in problem.Graph.StagesOfRank[rank]) ofRanks[rank] = Math.Min(ofRanks[rank], cheapest[stage]);
        }

        var elsewhere = new Elsewhere(ofRanks);
        for (var rank = 0; rank < ofRanks.Length; rank++)
        {
            var least = 0;
            foreach (var stage in problem.Graph.StagesOfRank[rank]) least += box.Least[stage];
            if (!Room(ofRanks[rank], elsewhere.Than(rank), shortest, surplus, limit, out var extra)) return false;
            box.MostOfRank[rank] = Math.Min(box.MostOfRank[rank], least + extra);
        }

        elsewhere = new Elsewhere(cheapest);
        for (var stage = 0; stage < cheapest.Length; stage++)
        {
            if (!Room(cheapest[stage], elsewhere.Than(stage), shortest, surplus, limit, out var extra)) return false;
            box.Most[stage] = Math.Min(box.Most[stage], box.Least[stage] + extra);
        }

        return true;
    }

    // shortest + n own + (surplus - n) others <= limit.
    private static bool Room(double own, double others, double shortest, int surplus, double limit, out int extra)
    {
        extra = surplus;
        var left = limit - shortest - (surplus * others);
        if (own <= others) return left >= 0 || surplus > 0;
        if (left < 0) return false;
        extra = (int)Math.Min(surplus, Math.Floor(left / (own - others)));
        return true;
    }

    /// <summary>The least of all values but one.</summary>
    private readonly struct Elsewhere
    {
        private readonly int at = -1;
        private readonly double least = double.MaxValue;
        private readonly double second = double.MaxValue;

        public Elsewhere(double[] values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (at < 0 || values[i] < least) (at, least, second) = (i, values[i], least);
                else second = Math.Min(second, values[i]);
            }
        }

        /// <summary>0 where there is no other.</summary>
        public double Than(int i)
        {
            var value = i == at ? second : least;
            return value == double.MaxValue ? 0 : value;
        }
    }
}
