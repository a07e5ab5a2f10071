using System.Runtime.InteropServices;

namespace Planner.Commands;

/// <summary>Ctrl+C and SIGTERM ask the search to stop and hand over the best so far; a second one ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private static int listening;
    private static bool endsProcess;
    private int listens;
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interruption()
    {
        // Signals and time limits arrive on threads of the pool: it must have some beside those that search, or they wait half a second.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + 2), completions);
        registrations = [Register(PosixSignal.SIGINT, Cancel), Register(PosixSignal.SIGTERM, Cancel)];
    }

    public CancellationToken Token => source.Token;

    public bool Happened => source.IsCancellationRequested;

    /// <summary>From now on something may be known that is worth handing over: signals no longer end the process.</summary>
    public void Listen()
    {
        if (Interlocked.Exchange(ref listens, 1) == 0) Interlocked.Increment(ref listening);
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        if (listens > 0) Interlocked.Decrement(ref listening);
        source.Dispose();
    }

    /// <summary>Has a signal end the process with one line and the exit code of interruptions, until a search listens.</summary>
    public static IReadOnlyList<IDisposable> EndProcess(TextWriter error)
    {
        endsProcess = true;
        return [Register(PosixSignal.SIGINT, End), Register(PosixSignal.SIGTERM, End)];

        void End(PosixSignalContext context)
        {
            if (Volatile.Read(ref listening) > 0) return;
            context.Cancel = true;
            error.WriteLine("planner: interrupted");
            Environment.Exit(ExitCodes.Interrupted);
        }
    }

    private static PosixSignalRegistration Register(PosixSignal signal, Action<PosixSignalContext> handle) => PosixSignalRegistration.Create(signal, handle);

    private void Cancel(PosixSignalContext context)
    {
        // Else the process ends: whoever hears the token would say so, too.
        if (source.IsCancellationRequested || (endsProcess && Volatile.Read(ref listens) == 0)) return;
        context.Cancel = true;
        source.Cancel();
    }
}
