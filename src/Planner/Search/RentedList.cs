using System.Buffers;

namespace Planner.Search;

/// <summary>A list whose array is lent by the pool: many short searches fill as many long lists, one after the other.</summary>
internal sealed class RentedList<T> : IDisposable
    where T : unmanaged
{
    private const int First = 256;

    private T[] items = ArrayPool<T>.Shared.Rent(First);

    public int Count { get; private set; }

    public ref T this[int index] => ref items[index];

    public void Add(T item)
    {
        if (Count == items.Length) Grow(1);
        items[Count++] = item;
    }

    public void AddRange(ReadOnlySpan<T> more)
    {
        if (items.Length - Count < more.Length) Grow(more.Length);
        more.CopyTo(items.AsSpan(Count));
        Count += more.Length;
    }

    public ReadOnlySpan<T> Slice(int start, int length) => items.AsSpan(0, Count).Slice(start, length);

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(items);
        (items, Count) = ([], 0);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(2 * items.Length, Count + more));
        items.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(items);
        items = larger;
    }
}
