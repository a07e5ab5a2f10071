namespace Planner.Inputs;

/// <summary>An input that cannot be used. The message is one line: what was given, what is allowed, what to try.</summary>
public sealed class InputException(string message) : Exception(OneLine.Of(message));
