using System.Collections.Immutable;

namespace Planner.Cost.Traffic;

/// <summary>A way in which a token's experts can fall into groups, whichever groups these are.</summary>
/// <param name="Counts">Experts in each group that has any, in descending order; they add up to the router's top-k.</param>
/// <param name="Probability">How often.</param>
public sealed record ExpertSpread(ImmutableArray<int> Counts, double Probability);
