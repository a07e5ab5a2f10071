using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A placement cut to fractions.</summary>
/// <param name="Dense">Dense layers by stage.</param>
/// <param name="Moe">Layers behind the dense ones, by stage.</param>
/// <param name="Makespan">Ticks, replayed.</param>
internal sealed record StageFractions(double[] Dense, double[] Moe, double Makespan)
{
    /// <summary>Whole layers; not replayed.</summary>
    public static StageFractions Of(ReadOnlySpan<StageContent> contents)
    {
        var (dense, moe) = (new double[contents.Length], new double[contents.Length]);
        for (var stage = 0; stage < contents.Length; stage++) (dense[stage], moe[stage]) = (contents[stage].Dense, contents[stage].Moe);
        return new StageFractions(dense, moe, double.MaxValue);
    }

    public double Layers(int stage) => Dense[stage] + Moe[stage];

    /// <summary>A point between two, this share of the way; not replayed.</summary>
    public StageFractions Towards(StageFractions other, double share)
    {
        var (dense, moe) = (new double[Dense.Length], new double[Moe.Length]);
        for (var stage = 0; stage < dense.Length; stage++)
        {
            dense[stage] = Dense[stage] + (share * (other.Dense[stage] - Dense[stage]));
            moe[stage] = Moe[stage] + (share * (other.Moe[stage] - Moe[stage]));
        }

        return new StageFractions(dense, moe, double.MaxValue);
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
