namespace Planner.Cost.Schedules;

/// <summary>A node as replays read it: an absent predecessor repeats one that exists, and only the very first nodes have none (-1).</summary>
/// <param name="Duration">Index into the durations; -1 for a barrier.</param>
/// <param name="First">Predecessor without a lag.</param>
/// <param name="Second">Predecessor with the lag where its mask is -1.</param>
/// <param name="Third">Predecessor with the lag where its mask is -1.</param>
/// <param name="SecondLag">0 or -1.</param>
/// <param name="ThirdLag">0 or -1.</param>
internal readonly record struct GraphNode(int Duration, int First, int Second, int Third, sbyte SecondLag, sbyte ThirdLag)
{
    /// <summary>There is no such predecessor.</summary>
    public const int None = -1;

    /// <summary>An operation that follows another of its rank and waits for up to two hand-overs.</summary>
    public static GraphNode Operation(int duration, int before, int data, int pair)
    {
        var node = Of(duration, before, data, pair);
        return node with { SecondLag = Lag(data), ThirdLag = Lag(pair) };
    }

    /// <summary>Without a lag.</summary>
    public static GraphNode Of(int duration, int first, int second, int third)
    {
        var present = Math.Max(first, Math.Max(second, third));
        return new GraphNode(duration, first >= 0 ? first : present, second >= 0 ? second : present, third >= 0 ? third : present, 0, 0);
    }

    private static sbyte Lag(int producer) => (sbyte)(producer >= 0 ? -1 : 0);
}
