using System.Collections.Immutable;

namespace Planner.Reports.Validation;

/// <summary>A square with the same logarithmic scale on both axes.</summary>
/// <param name="Least">At the left and at the bottom.</param>
/// <param name="Most">At the right and at the top.</param>
internal sealed record LogPlane(double Least, double Most)
{
    /// <summary>Left and upper edge, in pixels.</summary>
    public const int Edge = 60;

    private const int Size = 620;

    /// <summary>Right edge.</summary>
    public const int Right = Edge + Size;

    /// <summary>Lower edge.</summary>
    public const int Bottom = Edge + Size;

    /// <summary>Powers of ten, both ends included.</summary>
    public ImmutableArray<double> Ticks
    {
        get
        {
            var ticks = ImmutableArray.CreateBuilder<double>();
            for (var power = (int)Math.Round(Math.Log10(Least)); power <= (int)Math.Round(Math.Log10(Most)); power++) ticks.Add(Math.Pow(10, power));
            return ticks.ToImmutable();
        }
    }

    /// <summary>The least plane of whole decades that holds some values above 0.</summary>
    public static LogPlane Over(IEnumerable<double> values)
    {
        var logs = values.Select(Math.Log10).DefaultIfEmpty(0).ToList();
        var least = Math.Floor(logs.Min());
        return new LogPlane(Math.Pow(10, least), Math.Pow(10, Math.Max(least + 1, Math.Ceiling(logs.Max()))));
    }

    public double X(double value) => Edge + (Share(value) * Size);

    public double Y(double value) => Bottom - (Share(value) * Size);

    private double Share(double value) => (Math.Log10(value) - Math.Log10(Least)) / (Math.Log10(Most) - Math.Log10(Least));
}
