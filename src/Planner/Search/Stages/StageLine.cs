namespace Planner.Search;

/// <summary>A linear function of what the stages hold.</summary>
/// <param name="Constant">Whatever the layers, by place of the MTP module (0: last stage, 1: the one before).</param>
/// <param name="Dense">A dense layer, by stage.</param>
/// <param name="Moe">A layer behind the dense ones, by stage.</param>
internal sealed record StageLine(double[] Constant, double[] Dense, double[] Moe)
{
    public static StageLine Zero(int stages) => new(new double[2], new double[stages], new double[stages]);

    public void Add(double times, StageLine other)
    {
        for (var place = 0; place < Constant.Length; place++) Constant[place] += times * other.Constant[place];
        for (var stage = 0; stage < Dense.Length; stage++)
        {
            Dense[stage] += times * other.Dense[stage];
            Moe[stage] += times * other.Moe[stage];
        }
    }

    /// <summary>Value at a placement.</summary>
    public double At(LayerCounts counts, int denseLayers)
    {
        var sum = Constant[counts.MtpPlace];
        for (var stage = 0; stage < Dense.Length; stage++)
        {
            var dense = Math.Min(denseLayers, counts.Layers[stage]);
            denseLayers -= dense;
            sum += (dense * Dense[stage]) + ((counts.Layers[stage] - dense) * Moe[stage]);
        }

        return sum;
    }
}
