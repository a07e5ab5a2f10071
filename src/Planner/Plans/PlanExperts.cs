using Planner.Cost.Units;
using Planner.Search.Experts;

namespace Planner.Plans;

/// <summary>Experts placed by their load and what that is worth in this plan: its own estimate against the same layout with other experts.</summary>
/// <param name="Placed">The placement.</param>
/// <param name="Saved">Seconds a step against experts in their order, without copies.</param>
/// <param name="Copies">What copies are worth; null without.</param>
public sealed record PlanExperts(PlacedExperts Placed, Seconds Saved, CopiesWorth? Copies);

/// <summary>What copies of experts buy and cost.</summary>
/// <param name="Factor">Hottest rank over mean without copies, mean over the layers.</param>
/// <param name="Saved">Seconds a step; negative where copies cost more than they buy.</param>
/// <param name="Memory">What the fullest GPU needs more.</param>
public sealed record CopiesWorth(double Factor, Seconds Saved, Bytes Memory);
