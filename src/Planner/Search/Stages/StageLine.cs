using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A linear function of what the stages hold.</summary>
/// <param name="Constant">Whatever the layers, by place of the MTP module (0: last stage, 1: the one before).</param>
/// <param name="Dense">A dense layer, by stage.</param>
/// <param name="Moe">A layer behind the dense ones, by stage.</param>
internal sealed record StageLine(double[] Constant, double[] Dense, double[] Moe)
{
    /// <summary>Where layers differ: weight of each of the <see cref="LayerParts"/> of a stage's layers, stage by stage; empty where they are alike.</summary>
    public double[] Parts { get; private init; } = [];

    public static StageLine Zero(PlacementProblem problem) => new(new double[2], new double[problem.Stages], new double[problem.Stages])
    {
        Parts = problem.Sequence is null ? [] : new double[problem.Stages * LayerParts.Count],
    };

    /// <summary>So much more for every layer of a stage.</summary>
    public void AddLayer(int stage, double value)
    {
        Dense[stage] += value;
        Moe[stage] += value;
        if (Parts.Length > 0) Parts[(stage * LayerParts.Count) + LayerParts.Layer] += value;
    }

    public void Add(double times, StageLine other)
    {
        for (var place = 0; place < Constant.Length; place++) Constant[place] += times * other.Constant[place];
        for (var stage = 0; stage < Dense.Length; stage++)
        {
            Dense[stage] += times * other.Dense[stage];
            Moe[stage] += times * other.Moe[stage];
        }

        for (var part = 0; part < Parts.Length; part++) Parts[part] += times * other.Parts[part];
    }

    /// <summary>Value at a placement.</summary>
    public double At(LayerCounts counts, PlacementProblem problem)
    {
        var sum = Constant[counts.MtpPlace];
        if (problem.Sequence is { } sequence)
        {
            var first = 0;
            for (var stage = 0; stage < counts.Layers.Length; stage++)
            {
                var held = counts.Layers[stage];
                var layers = sequence.Run(first, held);
                for (var part = 0; part < LayerParts.Count; part++) sum += Parts[(stage * LayerParts.Count) + part] * LayerParts.Of(layers, held, part);
                first += held;
            }

            return sum;
        }

        var denseLayers = problem.DenseLayers;
        for (var stage = 0; stage < Dense.Length; stage++)
        {
            var dense = Math.Min(denseLayers, counts.Layers[stage]);
            denseLayers -= dense;
            sum += (dense * Dense[stage]) + ((counts.Layers[stage] - dense) * Moe[stage]);
        }

        return sum;
    }
}
