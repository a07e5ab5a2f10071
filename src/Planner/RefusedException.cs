using Planner.Inputs;

namespace Planner;

/// <summary>Something the user asked for cannot be done. The message is one line: what was given, what is allowed, what to try.</summary>
public sealed class RefusedException(string message) : Exception(OneLine.Of(message));
