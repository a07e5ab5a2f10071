using Planner.Planning;
using Planner.Plans;

namespace Planner.Gates;

/// <summary>A plan file and what it comes to today.</summary>
/// <param name="Path">As given.</param>
/// <param name="Recorded">The file.</param>
/// <param name="Compared">What it is compared with: itself, or another plan.</param>
/// <param name="ComparedName">The other plan's file; null where it is compared with itself.</param>
/// <param name="Budget">Rules.</param>
/// <param name="Today">The recorded decisions, estimated today; null where they cannot run.</param>
/// <param name="Objection">Why they cannot run; null where they can.</param>
/// <param name="Inputs">Digests of today's inputs.</param>
internal sealed record Examined(
    string Path,
    SavedPlan Recorded,
    SavedPlan Compared,
    string? ComparedName,
    Budget Budget,
    PlanFound? Today,
    string? Objection,
    PlanInputs Inputs)
{
    /// <summary>Today's numbers as a plan file would hold them; null where the decisions cannot run.</summary>
    public SavedPlan? Now { get; } = Today is null ? null : Reread(Today.Plan, Path);

    /// <summary>The best plan of the recorded request today; null where it was not searched or there is none.</summary>
    public PlanFound? Best { get; init; }

    /// <summary>The same as a plan file would hold it.</summary>
    public SavedPlan? BestSaved => Best is null ? null : Reread(Best.Plan, Path);

    /// <summary>Why the recorded request has no plan today; null where it has one or it was not searched.</summary>
    public Infeasible? NoPlan { get; init; }

    // Written and read again, so that both sides have the same six digits.
    private static SavedPlan Reread(Plan plan, string path) => PlanFileReader.Read(PlanFileWriter.Write(plan), path);
}

/// <summary>A file that could not be checked, and why in one line.</summary>
internal sealed record Unreadable(string Path, string Message);
