namespace Planner.Commands;

/// <summary>What planner check prints.</summary>
internal enum CheckFormat
{
    Text,
    Json,
    Markdown,
}
