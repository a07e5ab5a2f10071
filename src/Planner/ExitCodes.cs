namespace Planner;

/// <summary>Exit codes of every verb.</summary>
public static class ExitCodes
{
    /// <summary>Fine.</summary>
    public const int Ok = 0;

    /// <summary>Could not do it: usage, unreadable input, unwritable output, a bug.</summary>
    public const int Failed = 1;

    /// <summary>A gate failed, or a difference was found where the caller asked to be told.</summary>
    public const int GateFailed = 2;

    /// <summary>No plan is feasible.</summary>
    public const int Infeasible = 3;

    /// <summary>Interrupted; the best so far is printed and marked as not proven.</summary>
    public const int Interrupted = 130;
}
