using System.Numerics;
using System.Runtime.CompilerServices;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Where layers differ: what the layers of all stages fall short of as many means in a weighted mean of cuts, at most. What one stage falls short its
/// neighbours are over, so that only where the weight changes from a stage to the next does it matter which layers lie before the boundary:
/// sum w_s (dev(b_s) - dev(b_(s-1))) = sum (w_s - w_(s+1)) dev(b_s) + w_last dev(all), dev being the sum of the layers before b less as many means.
/// </summary>
internal sealed class ShiftedLayers
{
    private readonly int stages;
    private readonly double[][] weights;
    private readonly double[] taken;
    private readonly double[] low = new double[LayerParts.Count];
    private readonly double[] high = new double[LayerParts.Count];
    private readonly double[] end = new double[LayerParts.Count];
    private readonly double[] mean;

    /// <param name="problem">The placement; its layers differ.</param>
    /// <param name="cuts">Its cuts, each with every stage's <see cref="PlacementProblem.Short"/> taken off.</param>
    public ShiftedLayers(PlacementProblem problem, LinearCuts cuts)
    {
        var sequence = problem.Sequence ?? throw new ArgumentException("layers are alike", nameof(problem));
        stages = problem.Stages;
        weights = cuts.Parts;
        mean = new double[stages * LayerParts.Count];
        taken = Array.ConvertAll(weights, Taken);
        for (var placed = 1; placed <= sequence.Layers.Length; placed++)
        {
            // With several policies the cuts take the least mean of any, and the layers are the least of all.
            var front = Math.Min(placed, sequence.InFront);
            var above = sequence.Run(0, placed) - (front * problem.Dense) - ((placed - front) * problem.Moe);
            for (var part = 0; part < LayerParts.Layer; part++)
            {
                var here = LayerParts.Of(above, 0, part);
                if (placed == sequence.Layers.Length) end[part] = here;
                else (low[part], high[part]) = (Math.Min(low[part], here), Math.Max(high[part], here));
            }
        }

        double Taken(double[] of)
        {
            double sum = 0;
            for (var i = 0; i < of.Length; i++)
                if (i % LayerParts.Count != LayerParts.Layer) sum += of[i] * LayerParts.Of(problem.Short, 0, i % LayerParts.Count);
            return sum;
        }
    }

    /// <summary>Ticks that the weighted mean of the cuts is longer by than their constants say, at least; below 0 where these say more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Longer(double[] shares)
    {
        double longer = 0;
        Array.Clear(mean);
        for (var cut = 0; cut < shares.Length; cut++)
        {
            var share = shares[cut];
            if (share == 0) continue;
            longer += share * taken[cut];
            var of = weights[cut];
            var i = 0;
            for (; i <= mean.Length - Vector<double>.Count; i += Vector<double>.Count)
                (new Vector<double>(mean, i) + (share * new Vector<double>(of, i))).CopyTo(mean, i);
            for (; i < mean.Length; i++) mean[i] += share * of[i];
        }

        for (var stage = 0; stage + 1 < stages; stage++)
        {
            for (var part = 0; part < LayerParts.Layer; part++)
            {
                var falls = mean[(stage * LayerParts.Count) + part] - mean[((stage + 1) * LayerParts.Count) + part];
                longer += falls * (falls > 0 ? low[part] : high[part]);
            }
        }

        for (var part = 0; part < LayerParts.Layer; part++) longer += mean[((stages - 1) * LayerParts.Count) + part] * end[part];
        return longer;
    }
}
