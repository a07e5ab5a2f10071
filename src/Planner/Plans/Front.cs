using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>Plans of which none is both faster and emptier than another, fastest first.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Inputs">Digests of the inputs.</param>
/// <param name="Machine">Machine.</param>
/// <param name="Candidates">Layouts scored.</param>
/// <param name="Considered">Layouts of the space before legality.</param>
/// <param name="Placements">Layouts whose placement was searched.</param>
/// <param name="Complete">Not cut short.</param>
/// <param name="Points">Points.</param>
public sealed record Front(
    PlanRequest Request,
    PlanInputs Inputs,
    MachineSpec Machine,
    long Candidates,
    long Considered,
    int Placements,
    bool Complete,
    ImmutableArray<FrontMember> Points);

/// <summary>One plan of a front.</summary>
/// <param name="Layout">Degrees and choices.</param>
/// <param name="Stages">Layers on stages.</param>
/// <param name="Estimate">What it costs.</param>
/// <param name="Bound">No plan that needs no more memory is faster than this.</param>
/// <param name="Proven">The bound is the step.</param>
/// <param name="Evidence">How far it is from what was published or measured.</param>
public sealed record FrontMember(LayoutSpec Layout, StagePlan Stages, Estimate Estimate, Seconds Bound, bool Proven, Evidence Evidence);
