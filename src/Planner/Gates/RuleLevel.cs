namespace Planner.Gates;

/// <summary>What it means when a rule does not hold.</summary>
internal enum RuleLevel
{
    /// <summary>The gate fails.</summary>
    Error,

    /// <summary>The gate fails where warnings are to fail it.</summary>
    Warning,

    /// <summary>Worth a line.</summary>
    Notice,
}
