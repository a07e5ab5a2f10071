using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A placement cut to fractions.</summary>
/// <param name="Held">Layers by group and stage.</param>
/// <param name="Makespan">Ticks, replayed.</param>
internal sealed record StageFractions(double[][] Held, double Makespan)
{
    public double Layers(int stage)
    {
        var sum = 0.0;
        foreach (var group in Held) sum += group[stage];
        return sum;
    }

    /// <summary>A point between two, this share of the way; not replayed.</summary>
    public StageFractions Towards(StageFractions other, double share)
    {
        var held = Array.ConvertAll(Held, group => new double[group.Length]);
        for (var group = 0; group < held.Length; group++)
            for (var stage = 0; stage < held[group].Length; stage++) held[group][stage] = Held[group][stage] + (share * (other.Held[group][stage] - Held[group][stage]));
        return new StageFractions(held, double.MaxValue);
    }

    /// <summary>Whole layers whose sums, along the ranks and along each rank's stages, are these fractions rounded. Null where that is no placement.</summary>
    /// <param name="problem">The placement.</param>
    /// <param name="place">Of the MTP module.</param>
    /// <param name="up">Share of a layer that is added to the sum of a rank's first stages before what is cut is left out: 0.5 rounds, 0 leaves more to later stages.</param>
    public LayerCounts? Round(PlacementProblem problem, int place, double up)
    {
        if (LayerCounts.Least(problem, place) is not { } counts) return null;
        var (sum, before) = (0.0, 0);
        foreach (var stages in problem.Graph.StagesOfRank)
        {
            sum += stages.Sum(Layers);
            var left = (int)Math.Round(sum) - before - stages.Sum(stage => counts.Layers[stage]);
            before = (int)Math.Round(sum);
            if (left < 0) return null;
            var (held, given) = (0.0, 0);
            foreach (var stage in stages)
            {
                (held, given) = (held + Layers(stage), given + counts.Layers[stage]);
                var more = !counts.Grows(stage) ? 0 : stage == stages[^1] ? left : Math.Clamp((int)Math.Floor(held + up) - given, 0, left);
                counts.Layers[stage] += more;
                (given, left) = (given + more, left - more);
            }

            if (left > 0) return null;
        }

        // What a solve that ended early left may be short of layers.
        return before == problem.DenseLayers + problem.MoeLayers ? counts : null;
    }
}
