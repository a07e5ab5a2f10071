namespace Planner.Gates;

/// <summary>The lower-case words that budgets, the command line and reports share.</summary>
internal static class GateWords
{
    public static string Of(RuleLevel level) => level switch
    {
        RuleLevel.Error => "error",
        RuleLevel.Warning => "warning",
        RuleLevel.Notice => "notice",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Warning => "warning",
        Verdict.Failed => "failed",
        Verdict.Unreadable => "unreadable",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    public static string Of(FailOn failOn) => failOn switch
    {
        FailOn.Error => "error",
        FailOn.Warning => "warning",
        FailOn.Never => "never",
        _ => throw new ArgumentOutOfRangeException(nameof(failOn), failOn, null),
    };

    public static string Of(Annotate annotate) => annotate switch
    {
        Annotate.Auto => "auto",
        Annotate.Always => "always",
        Annotate.Never => "never",
        _ => throw new ArgumentOutOfRangeException(nameof(annotate), annotate, null),
    };
}

/// <summary>What makes the exit code that of a failed gate.</summary>
internal enum FailOn
{
    Error,
    Warning,
    Never,
}

/// <summary>Whether annotations are printed.</summary>
internal enum Annotate
{
    /// <summary>Under GitHub Actions.</summary>
    Auto,
    Always,
    Never,
}
