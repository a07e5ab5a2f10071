using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>A layout that survived the bounds, as the joint model sees it.</summary>
/// <param name="Layout">Its degrees and choices.</param>
/// <param name="Problem">Its placement as integers.</param>
/// <param name="Cuts">Path cuts of its graph, valid for every placement.</param>
/// <param name="LowerBound">No placement of it is shorter, in ticks.</param>
public sealed record JointCandidate(LayoutSpec Layout, PlacementProblem Problem, ImmutableArray<PathCut> Cuts, long LowerBound);

public enum ProofStatus
{
    Optimal,
    Feasible,
    Infeasible,
    Unknown,
}

/// <summary>What the constraint solver says about all survivors together.</summary>
/// <param name="Status">Optimal where the bound meets the replayed makespan of the plan.</param>
/// <param name="Chosen">Index of the chosen candidate; -1 without one.</param>
/// <param name="Plan">Its placement.</param>
/// <param name="Makespan">Replayed makespan of the plan, in ticks.</param>
/// <param name="Bound">Proven lower bound over all candidates, in ticks.</param>
/// <param name="Rounds">Solves until bound and replay met.</param>
/// <param name="SolverVersion">Version of the solver library.</param>
public sealed record JointResult(
    ProofStatus Status,
    int Chosen,
    StagePlan? Plan,
    long Makespan,
    long Bound,
    int Rounds,
    string SolverVersion);
