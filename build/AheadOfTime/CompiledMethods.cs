using System.Diagnostics.Tracing;
using System.Reflection;

namespace AheadOfTime;

/// <summary>Listens to the runtime while a program runs.</summary>
internal sealed class CompiledMethods : EventListener
{
    private const EventKeywords JustInTime = (EventKeywords)0x10;
    private const string MethodLoad = "MethodLoadVerbose";
    private const uint IsDynamic = 0x1;
    private const uint IsCompiled = 0x8;

    // A class, so that the list adds no instance of its own to what it listens to.
    private readonly List<Compiled> compiled = [];

    private EventSource? source;

    /// <summary>The generic methods that a run of the program compiled as it ran.</summary>
    public static IReadOnlyList<MethodName> Of(ProgramAssemblies assemblies, string[] arguments)
    {
        // The program finds its data as when it runs by itself.
        AppContext.SetData("APP_CONTEXT_BASE_DIRECTORY", Path.GetDirectoryName(assemblies.Program.Location) + Path.DirectorySeparatorChar);
        using var listener = new CompiledMethods();
        if (assemblies.Program.EntryPoint!.Invoke(null, [arguments]) is not 0)
        {
            throw new InvalidOperationException("the run did not succeed: " + string.Join(' ', arguments));
        }
        listener.DisableEvents(listener.source!);
        return [.. listener.compiled.Select(found => Generic(assemblies, found)).OfType<MethodBase>().Select(MethodName.Of)];
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            source = eventSource;
            EnableEvents(eventSource, EventLevel.Verbose, JustInTime);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith(MethodLoad, StringComparison.Ordinal) == true && eventData.Payload is { } payload && eventData.PayloadNames is { } names)
        {
            var flags = (uint)payload[names.IndexOf("MethodFlags")]!;
            if ((flags & IsCompiled) != 0 && (flags & IsDynamic) == 0)
            {
                lock (compiled)
                {
                    compiled.Add(new((nint)(ulong)payload[names.IndexOf("MethodID")]!, (string)payload[names.IndexOf("MethodNamespace")]!));
                }
            }
        }
    }

    /// <summary>The generic method behind a handle of the runtime's; null for any other, and for those of this listener.</summary>
    private static MethodBase? Generic(ProgramAssemblies assemblies, Compiled found) =>
        Method(assemblies, found) is { DeclaringType: { } type } method
        && (type.IsGenericType || method.IsGenericMethod)
        && type.Assembly != typeof(CompiledMethods).Assembly
            ? method
            : null;

    private static MethodBase? Method(ProgramAssemblies assemblies, Compiled found)
    {
        var handle = RuntimeMethodHandle.FromIntPtr(found.Handle);
        if (!found.Type.Contains('[', StringComparison.Ordinal))
        {
            return MethodBase.GetMethodFromHandle(handle);
        }
        // What a compiler names, many assemblies have: the name does not tell whose type it is.
        return !found.Type.StartsWith('<') && assemblies.Find(found.Type) is { } type ? MethodBase.GetMethodFromHandle(handle, type.TypeHandle) : null;
    }

    private sealed record Compiled(nint Handle, string Type);
}
