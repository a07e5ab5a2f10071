using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>How a plan and those near it fare when the uncertain constants take other values of their ranges. Placements are kept.</summary>
/// <param name="Draws">Draws of all constants, each uniform in its range.</param>
/// <param name="Corners">Ends of single constants and corners of all of them that favour one layout over another; 0 unless the plan was chosen by them.</param>
/// <param name="Layouts">Layouts compared.</param>
/// <param name="Constants">Uncertain constants that change any of their steps.</param>
/// <param name="WithinShare">How near the best counts as near, a share of the step.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Outgrows">The constant that, alone, keeps the plan from fitting; null where none does.</param>
/// <param name="Members">The members of its tie set, in that order.</param>
/// <param name="Measure">The constant that moves the order most; null where none moves it.</param>
/// <param name="Chosen">The plan is the layout with the smallest worst regret, not the fastest; null unless that was asked for.</param>
public sealed record Robustness(
    int Draws,
    int Corners,
    int Layouts,
    int Constants,
    double WithinShare,
    RobustMember Plan,
    Flip? Outgrows,
    ImmutableArray<RobustMember> Members,
    Measurement? Measure,
    RobustChosen? Chosen);

/// <summary>One layout over the draws.</summary>
/// <param name="Layout">Layout.</param>
/// <param name="Step">Its step with the constants as they stand.</param>
/// <param name="Within">Share of draws in which it is near the best of the layouts compared.</param>
/// <param name="Fits">Share of draws in which it fits the memory.</param>
/// <param name="WorstRegret">Most that its step is above the best's in any draw or corner in which it fits, a share.</param>
/// <param name="MeanRegret">Mean over the draws in which it fits.</param>
/// <param name="Flip">The constant that lets it overtake the plan soonest; null where none does alone.</param>
public sealed record RobustMember(LayoutSpec Layout, Seconds Step, double Within, double Fits, double WorstRegret, double MeanRegret, Flip? Flip);

/// <summary>A constant at whose value, the others left as they are, a layout becomes faster than the plan, or no longer fits.</summary>
/// <param name="Constant">Place in its file.</param>
/// <param name="Now">The value taken.</param>
/// <param name="At">The value that turns the order.</param>
public sealed record Flip(string Constant, double Now, double At);

/// <summary>The constant worth measuring: it moves the gap between the plan and a member of its tie set most.</summary>
/// <param name="Constant">Place in its file.</param>
/// <param name="Now">The value taken.</param>
/// <param name="Low">Least.</param>
/// <param name="High">Most.</param>
/// <param name="Layout">The member.</param>
/// <param name="Swing">How far the gap moves from one end to the other, a share of the step.</param>
public sealed record Measurement(string Constant, double Now, double Low, double High, LayoutSpec Layout, double Swing);

/// <summary>What choosing by regret cost.</summary>
/// <param name="Fastest">The fastest step with the constants as they stand.</param>
/// <param name="FastestWorstRegret">The worst regret of that layout where it fits.</param>
/// <param name="FastestFits">Share of draws in which it fits.</param>
public sealed record RobustChosen(Seconds Fastest, double FastestWorstRegret, double FastestFits);
