using System.Collections.Concurrent;

namespace Planner.Search;

/// <summary>Independent pieces of work on one thread or several; which makes no difference to what they find.</summary>
internal static class Workers
{
    public static void Each(int threads, int count, Action<int> work)
    {
        if (threads > 1) Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
        else
            for (var i = 0; i < count; i++) work(i);
    }

    /// <summary>
    /// Pieces of which the next is chosen by what earlier ones found. Some go on side by side, as many for any number of threads, and what they found
    /// is taken in the order in which they were chosen, whatever ended first.
    /// </summary>
    /// <param name="threads">Threads.</param>
    /// <param name="together">Pieces that are chosen before the first of them is taken.</param>
    /// <param name="next">Chooses one; null where there is none for now.</param>
    /// <param name="take">Takes what one found.</param>
    public static void InTurn<T>(int threads, int together, Func<Func<T>?> next, Action<T> take)
    {
        var (order, waiting, helpers) = (new Queue<Task<T>>(), new ConcurrentQueue<Task<T>>(), new List<Task>());
        while (true)
        {
            while (order.Count < together && next() is { } work)
            {
                var piece = new Task<T>(work);
                order.Enqueue(piece);
                waiting.Enqueue(piece);
                helpers.RemoveAll(helper => helper.IsCompleted);
                if (helpers.Count < threads - 1) helpers.Add(Task.Run(() => Work(null)));
            }

            if (!order.TryDequeue(out var first)) return;
            Work(first);
            take(first.GetAwaiter().GetResult());
        }

        void Work(Task<T>? until)
        {
            while (until is not { IsCompleted: true } && waiting.TryDequeue(out var piece)) piece.RunSynchronously();
        }
    }
}
