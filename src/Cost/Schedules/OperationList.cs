using System.Buffers;

namespace Planner.Cost.Schedules;

/// <summary>The operations of one or more ranks, one after the other, in an array that is lent by the pool: programs are long and soon forgotten.</summary>
public sealed class OperationList : IDisposable
{
    // Most programs fit into one size of arrays, which is lent again and again.
    private const int First = 1 << 15;

    private Operation[] items = ArrayPool<Operation>.Shared.Rent(First);

    /// <summary>Number of operations.</summary>
    public int Count { get; private set; }

    /// <summary>All of them; valid until the next is added.</summary>
    public ReadOnlySpan<Operation> All => items.AsSpan(0, Count);

    /// <summary>Adds an operation.</summary>
    public void Add(Operation operation)
    {
        if (Count == items.Length) Grow();
        items[Count++] = operation;
    }

    /// <summary>Adds an operation of one stage.</summary>
    public void Add(OperationKind kind, int stage, int microBatch) => Add(new Operation(kind, stage, microBatch));

    /// <summary>Removes all.</summary>
    public void Clear() => Count = 0;

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        ArrayPool<Operation>.Shared.Return(items);
        (items, Count) = ([], 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<Operation>.Shared.Rent(2 * items.Length);
        All.CopyTo(larger);
        ArrayPool<Operation>.Shared.Return(items);
        items = larger;
    }
}
