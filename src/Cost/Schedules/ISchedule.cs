using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>A pipeline schedule: a program for every rank. One file each; registered in <see cref="ScheduleCatalog"/>.</summary>
public interface ISchedule
{
    /// <summary>Name on the command line, for example dualpipe.</summary>
    string Name { get; }

    /// <summary>Name to print, for example DualPipe.</summary>
    string Title { get; }

    /// <summary>It runs a forward and a backward as one overlapped operation.</summary>
    bool Overlaps { get; }

    /// <summary>Replicas of the model that one pipeline holds: 2 for DualPipe, else 1.</summary>
    int Copies { get; }

    /// <summary>Number of stages the model is cut into.</summary>
    int Stages(PipelineShape shape);

    /// <summary>The stages of a rank, chunk by chunk.</summary>
    ImmutableArray<int> StagesOf(int rank, PipelineShape shape);

    /// <summary>Null where the schedule can run the shape; else one line: what is wrong and what is allowed.</summary>
    string? Objection(PipelineShape shape);

    /// <summary>Adds a rank's operations in order to its program. The shape must be free of objections.</summary>
    void Write(int rank, PipelineShape shape, OperationList program);

    /// <summary>The graph of one step, smallest form that has the same makespan (DualPipe folds its mirrored halves).</summary>
    ScheduleGraph Graph(PipelineShape shape);

    /// <summary>A lower bound in ticks of the replayed step for every placement, without building the graph; see <see cref="StepBound"/>.</summary>
    double Bound(in PipelineWork work, PipelineShape shape);
}
