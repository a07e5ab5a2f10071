using System.Collections.Immutable;
using System.Globalization;

namespace Planner.Tests.Search.Experts;

/// <summary>The published loads of tests/data, read without the reader under test.</summary>
internal static class DeepSeekLoads
{
    public static string File { get; } = Path.Join(AppContext.BaseDirectory, "data", "expert-load-deepseek.csv");

    public static ImmutableSortedDictionary<int, ImmutableArray<double>> Layers { get; } = System.IO.File.ReadLines(File).Skip(1)
        .Select(line => line.Split(',').Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray())
        .GroupBy(cells => cells[0])
        .ToImmutableSortedDictionary(
            layer => layer.Key,
            layer => layer.OrderBy(cells => cells[1]).Select(cells => (double)cells[2]).ToImmutableArray());
}
