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
}
