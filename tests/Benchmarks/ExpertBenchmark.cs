using System.Globalization;
using BenchmarkDotNet.Attributes;
using Planner.Search.Experts;

namespace Planner.Benchmarks;

/// <summary>The published loads of 58 layers x 256 experts on 64 ranks, router groups inside nodes. Wanted: 0.1 s, 0.5 s with proofs.</summary>
public class ExpertBenchmark
{
    private static readonly ExpertShape Shape = new(256, 0, 64, 8, 1);
    private MeasuredLayers layers = new([]);

    [GlobalSetup]
    public void Setup()
    {
        var rows = File.ReadLines(Path.Join(AppContext.BaseDirectory, "data", "expert-load-deepseek.csv")).Skip(1)
            .Select(line => line.Split(',').Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray());
        layers = new([.. rows.GroupBy(row => row[0]).Select(layer => new MeasuredLayer(layer.Key, [.. layer.OrderBy(row => row[1]).Select(row => (double)row[2])], []))]);
    }

    [Benchmark]
    public double Place() => ExpertPlacement.Of(layers, Shape, 8).Result.Mean;

    [Benchmark]
    public int PlaceAndProve()
    {
        var proven = ExpertPlacement.Of(layers, Shape, 8).Final().Result.ProvenLayers;
        return proven == layers.Layers.Length ? proven : throw new InvalidOperationException($"{proven} layers proven");
    }
}
