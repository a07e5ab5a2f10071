namespace Planner.Gates;

/// <summary>What became of a plan, or of all: the worst of its rules.</summary>
internal enum Verdict
{
    Passed,

    /// <summary>No error, but a warning.</summary>
    Warning,

    /// <summary>A rule of level error does not hold.</summary>
    Failed,

    /// <summary>A file could not be checked at all.</summary>
    Unreadable,
}
