namespace Planner.Cost.Traffic;

/// <summary>Load of the expert ranks where it was measured and the experts were placed by it.</summary>
public interface IExpertLoads
{
    /// <summary>Rows of a layer's busiest rank over the mean rank, mean over the MoE layers.</summary>
    /// <param name="ranks">Expert-parallel ranks.</param>
    /// <param name="ranksInDomain">Of them in one NVLink domain.</param>
    double Mean(int ranks, int ranksInDomain);

    /// <summary>The same of the MoE layer where it is largest.</summary>
    double Worst(int ranks, int ranksInDomain);
}

/// <summary>The same load under every degree.</summary>
/// <param name="MeanFactor">Mean over layers.</param>
/// <param name="WorstFactor">Largest.</param>
public sealed record KnownExpertLoad(double MeanFactor, double WorstFactor) : IExpertLoads
{
    public double Mean(int ranks, int ranksInDomain) => MeanFactor;

    public double Worst(int ranks, int ranksInDomain) => WorstFactor;
}
