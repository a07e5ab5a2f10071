using Planner.Cost.Layout;

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
}
