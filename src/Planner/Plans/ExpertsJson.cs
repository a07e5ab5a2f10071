using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Planner.Inputs;
using Planner.Search.Experts;

namespace Planner.Plans;

/// <summary>The plan file's decisions.experts: a word, and where experts are placed by load the experts of every rank, layer by layer.</summary>
internal static class ExpertsJson
{
    private const string Balanced = "balanced";

    private static readonly string[] Policies = ["none", "contiguous", Balanced];

    public static void Write(Utf8JsonWriter json, Plan plan)
    {
        if (plan.Experts is not { } experts)
        {
            json.WriteString("policy", plan.Model.Moe is null ? "none" : "contiguous");
            return;
        }

        var placed = experts.Placed;
        json.WriteString("policy", Balanced);
        json.WriteNumber("copies", placed.Shape.Extra);
        json.Rounded("imbalance", placed.Mean);
        json.Rounded("imbalance_bound", placed.MeanBound);
        json.Rounded("imbalance_contiguous", placed.MeanContiguous);
        json.WriteNumber("proven_layers", placed.ProvenLayers);
        json.Rounded("saved_s", experts.Saved.Value);
        if (experts.Copies is { } copies)
        {
            json.Rounded("imbalance_without_copies", copies.Factor);
            json.Rounded("copies_saved_s", copies.Saved.Value);
            json.Rounded("copies_memory_gib", copies.Memory.Gib);
        }

        json.Rows("layers", placed.Layers, Layer);
    }

    /// <summary>The placement of a file; null where experts lie in their order.</summary>
    public static PlacedExperts? Read(JsonPlace decisions, int ranks)
    {
        if (decisions.MemberOrNull("experts") is not { } place) return null;
        var policy = place.Text("policy");
        if (!Policies.Contains(policy)) throw place.Member("policy").Wrong($"'{OneLine.Of(policy)}' is not allowed; choose from {string.Join(", ", Policies)}");
        if (policy != Balanced)
        {
            if (place.MemberOrNull("layers") is { } unused) throw unused.Wrong($"experts are placed, but the policy is {policy}; say {Balanced}, or leave layers out");
            return null;
        }

        var layers = place.Rows("layers").Select(row => Layer(row, ranks)).ToImmutableArray();
        var slots = layers.Length == 0 ? 0 : layers[0].Ranks[0].Length;
        if (slots == 0 || layers.Any(layer => layer.Ranks.Any(rank => rank.Length != slots))) throw place.Wrong("every rank must hold the same number of experts, 1 or more");
        if (layers.GroupBy(layer => layer.Layer).FirstOrDefault(layer => layer.Count() > 1) is { Key: var twice })
            throw place.Member("layers").Wrong(string.Create(CultureInfo.InvariantCulture, $"layer {twice} is given twice; keep one"));
        var placed = new PlacedExperts(new ExpertShape(slots * ranks, 0, ranks, 1, 1), layers);
        CheckTotals(place, placed);
        return placed;
    }

    // What the layers say is what counts; what is said of all of them must agree, to the digits written.
    private static void CheckTotals(JsonPlace place, PlacedExperts placed)
    {
        var copies = (placed.Shape.Ranks * placed.Shape.Slots) - placed.Layers[0].Ranks.SelectMany(rank => rank).Distinct().Count();
        if (place.Member("copies").Integer() != copies)
            throw place.Member("copies").Wrong(string.Create(CultureInfo.InvariantCulture, $"{place.Member("copies").Shown()} does not agree with the layers, which hold {copies}"));
        if (Math.Abs(place.Number("imbalance") - placed.Mean) > 1e-5 * placed.Mean)
            throw place.Member("imbalance").Wrong($"{place.Member("imbalance").Shown()} does not agree with the layers, whose mean is {SixDigits.Text(placed.Mean)}");
    }

    private static void Layer(Utf8JsonWriter row, PlacedLayer layer)
    {
        row.WriteNumber("layer", layer.Layer);
        row.Rounded("imbalance", layer.Factor);
        row.Rounded("bound", layer.Bound);
        row.Rounded("contiguous", layer.Contiguous);
        if (layer.Pairs is { } pairs)
        {
            row.Rounded("pairs_before", pairs.Before);
            row.Rounded("pairs_after", pairs.After);
        }

        row.WriteStartArray("ranks");
        foreach (var rank in layer.Ranks)
        {
            row.WriteStartArray();
            foreach (var expert in rank) row.WriteNumberValue(expert);
            row.WriteEndArray();
        }

        row.WriteEndArray();
    }

    private static PlacedLayer Layer(JsonPlace row, int ranks)
    {
        var held = row.Rows("ranks").Select(Experts).ToImmutableArray();
        if (held.Length != ranks) throw row.Member("ranks").Wrong(string.Create(CultureInfo.InvariantCulture, $"{held.Length} lists for {ranks} expert-parallel ranks"));
        return new PlacedLayer(Number(row.Member("layer"), 0), held, [], row.Number("imbalance"), row.Number("bound"), row.Number("contiguous"));
    }

    private static ImmutableArray<int> Experts(JsonPlace rank) => rank.Element.ValueKind == JsonValueKind.Array
        ? [.. rank.Element.EnumerateArray().Select(expert => Number(rank with { Element = expert }, 0))]
        : throw rank.Wrong("an array is expected");

    private static int Number(JsonPlace place, int least) =>
        place.Element.ValueKind == JsonValueKind.Number && place.Element.TryGetInt32(out var value) && value >= least
            ? value
            : throw place.Wrong($"{place.Shown()} is not a whole number from {least}");
}
