using Planner.Cost.Layout;

namespace Planner.Reports;

/// <summary>A layout in words.</summary>
internal static class LayoutText
{
    /// <summary>For example dp 128, pp 16, ep 64, tp 1, cp 1.</summary>
    public static IEnumerable<string> Degrees(Degrees degrees)
    {
        yield return $"dp {degrees.Data}";
        yield return $"pp {degrees.Pipeline}";
        yield return $"ep {degrees.Expert}";
        yield return $"tp {degrees.Tensor}";
        yield return $"cp {degrees.Context}";
        if (degrees.Virtual > 1) yield return $"vpp {degrees.Virtual}";
    }

    /// <summary>For example dp128 pp16 ep64 tp1 cp1.</summary>
    public static string Compact(Degrees degrees) =>
        string.Join(' ', Degrees(degrees).Select(degree => degree.Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>A few words that tell this layout from others.</summary>
    public static string Short(LayoutSpec layout) => $"{Compact(layout.Degrees)} {layout.Schedule.Name} mb {layout.MicroBatch}";
}
