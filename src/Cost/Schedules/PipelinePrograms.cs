using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>What every rank of a pipeline runs.</summary>
/// <param name="Title">Schedule, for the message where a program deadlocks.</param>
/// <param name="Programs">Every rank's operations in order.</param>
/// <param name="StagesOfRank">Every rank's stages.</param>
/// <param name="Stages">Number of stages.</param>
/// <param name="Seam">
/// Stage whose hand-over to the next crosses ranks although both lie on one rank of the graph (the middle of a folded pipeline); else -1.
/// </param>
internal sealed record PipelinePrograms(
    string Title,
    ImmutableArray<ImmutableArray<Operation>> Programs,
    ImmutableArray<ImmutableArray<int>> StagesOfRank,
    int Stages,
    int Seam = -1);
