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

        for (var rank = 0; rank < problem.Graph.Ranks; rank++)
        {
            var stages = problem.Graph.StagesOfRank[rank];
            var least = 0;
            foreach (var stage in stages) least += box.Least[stage];
            if (!Room(cheapest, stages.AsSpan(), shortest, surplus, limit, out var extra)) return false;
            box.MostOfRank[rank] = Math.Min(box.MostOfRank[rank], least + extra);
        }

        for (var stage = 0; stage < cheapest.Length; stage++)
        {
            if (!Room(cheapest, [stage], shortest, surplus, limit, out var extra)) return false;
            box.Most[stage] = Math.Min(box.Most[stage], box.Least[stage] + extra);
        }

        return true;
    }

    // shortest + n own + (surplus - n) others <= limit.
    private static bool Room(double[] cheapest, ReadOnlySpan<int> stages, double shortest, int surplus, double limit, out int extra)
    {
        extra = surplus;
        var (own, others) = (double.MaxValue, double.MaxValue);
        for (var stage = 0; stage < cheapest.Length; stage++)
        {
            if (stages.Contains(stage)) own = Math.Min(own, cheapest[stage]);
            else others = Math.Min(others, cheapest[stage]);
        }

        if (others == double.MaxValue) others = 0;
        var left = limit - shortest - (surplus * others);
        if (own <= others) return left >= 0 || surplus > 0;
        if (left < 0) return false;
        extra = (int)Math.Min(surplus, Math.Floor(left / (own - others)));
        return true;
    }
}
