using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>What every rank of a pipeline runs; lent until it is disposed of.</summary>
internal sealed class PipelinePrograms : IDisposable
{
    private readonly OperationList operations = new();
    private readonly int[] first;

    /// <param name="title">Schedule, for the message where a program deadlocks.</param>
    /// <param name="ranks">Number of ranks.</param>
    /// <param name="stages">Number of stages.</param>
    /// <param name="stagesOf">The stages of a rank.</param>
    /// <param name="write">Adds a rank's operations in order.</param>
    public PipelinePrograms(string title, int ranks, int stages, Func<int, ImmutableArray<int>> stagesOf, Action<int, OperationList> write)
    {
        (Title, Stages) = (title, stages);
        first = new int[ranks + 1];
        var stagesOfRank = ImmutableArray.CreateBuilder<ImmutableArray<int>>(ranks);
        for (var rank = 0; rank < ranks; rank++)
        {
            stagesOfRank.Add(stagesOf(rank));
            write(rank, operations);
            first[rank + 1] = operations.Count;
        }

        StagesOfRank = stagesOfRank.MoveToImmutable();
    }

    public string Title { get; }

    public int Stages { get; }

    public int Ranks => StagesOfRank.Length;

    public ImmutableArray<ImmutableArray<int>> StagesOfRank { get; }

    /// <summary>
    /// Stage whose hand-over to the next crosses ranks although both lie on one rank of the graph (the middle of a folded pipeline); else -1.
    /// </summary>
    public int Seam { get; init; } = -1;

    /// <summary>The operations of all ranks.</summary>
    public ReadOnlySpan<Operation> All => operations.All;

    /// <summary>A rank's operations in order.</summary>
    public ReadOnlySpan<Operation> Of(int rank) => All[first[rank]..first[rank + 1]];

    public void Dispose() => operations.Dispose();
}
