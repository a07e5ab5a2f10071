using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>What a placement search found.</summary>
/// <param name="Plan">Best placement below the given limit; null where there is none (none fits, or none is better than asked).</param>
/// <param name="Makespan">Its replayed makespan in ticks; long.MaxValue without a plan.</param>
/// <param name="Bound">No placement of this problem is shorter, in ticks. Equal to Makespan where proven.</param>
/// <param name="Fits">Whether any placement fits the memory.</param>
/// <param name="ExcessKib">Where none fits, or none that fits was found and whether one does is not known (Fits is true then): the smallest overrun of the fullest rank over placements looked at; 0 otherwise.</param>
/// <param name="FullestRank">The rank of that overrun.</param>
/// <param name="Cuts">Path cuts found on the way: the certificate.</param>
/// <param name="Nodes">Search nodes.</param>
/// <param name="Replays">Replays.</param>
public sealed record PlacementResult(
    StagePlan? Plan,
    long Makespan,
    long Bound,
    bool Fits,
    long ExcessKib,
    int FullestRank,
    ImmutableArray<PathCut> Cuts,
    int Nodes,
    int Replays)
{
    /// <summary>The local search has been: whoever goes on need not repeat it.</summary>
    internal bool Descended { get; init; }

    public bool Proven => Plan is not null && Bound >= Makespan;
}
