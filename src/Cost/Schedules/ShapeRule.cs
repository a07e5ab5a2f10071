namespace Planner.Cost.Schedules;

/// <summary>Rules that several schedules share; null where the shape keeps them.</summary>
internal static class ShapeRule
{
    public static string? AtLeastOneOfEach(PipelineShape shape, string title) =>
        shape.Ranks < 1 || shape.Chunks < 1 || shape.MicroBatches < 1
            ? $"{title} needs at least 1 pipeline rank, 1 chunk a rank and 1 micro-batch, not {shape.Ranks}, {shape.Chunks} and {shape.MicroBatches}."
            : null;

    public static string? OneChunk(PipelineShape shape, string title) =>
        AtLeastOneOfEach(shape, title)
        ?? (shape.Chunks != 1 ? $"{title} places its stages itself: chunks a rank must be 1, not {shape.Chunks} (more need interleaved)." : null);
}
