using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost.Schedules;
using Planner.Plans;
using Planner.Search.Experts;

namespace Planner.Tests.Plans;

/// <summary>The sample plan with its experts placed, and the same job planned again: edited where a plan file would differ.</summary>
internal static class ChangedPlan
{
    private const int Ranks = 64;
    private const int Slots = 4;

    public static string Was { get; } = PlanFileWriter.Write(With(Layer(3), Layer(4), Layer(5)));

    /// <summary>A layer, two policies and some experts moved; slower, with more headroom; other batch, hardware and pins.</summary>
    public static string Now { get; } = Edited(
        PlanFileWriter.Write(With(Layer(3, (3, 4)), Layer(4), Layer(5, (0, 255), (1, 254), (2, 253), (3, 252)))),
        ("\"layout\": \"Etttt|(tttt|)*14,tmL\"", "\"layout\": \"Etttt|(tttt|)*4,t*5|ttt|(tttt|)*8,tmL\""),
        ("{\"stage\":5,\"rank\":5,\"chunk\":0,\"first_layer\":20,\"last_layer\":23,\"layers\":\"tttt\"", "{\"stage\":5,\"rank\":5,\"chunk\":0,\"first_layer\":20,\"last_layer\":24,\"layers\":\"ttttt\""),
        ("{\"stage\":6,\"rank\":6,\"chunk\":0,\"first_layer\":24,\"last_layer\":27,\"layers\":\"tttt\"", "{\"stage\":6,\"rank\":6,\"chunk\":0,\"first_layer\":25,\"last_layer\":27,\"layers\":\"ttt\""),
        ("\"recompute\": \"selective\"", "\"recompute\": \"per-stage\""),
        ("\"last_layer\":24,\"layers\":\"ttttt\",\"recompute\":\"selective\"", "\"last_layer\":24,\"layers\":\"ttttt\",\"recompute\":\"full\""),
        ("\"step_s\": 19.9261,\n    \"step_parts\"", "\"step_s\": 20.4519,\n    \"step_parts\""),
        ("\"tokens_per_gpu_per_s\": 1541.7,", "\"tokens_per_gpu_per_s\": 1502.06,"),
        ("\"mfu\": 0.390255,\n    \"gpu_hours", "\"mfu\": 0.380224,\n    \"gpu_hours"),
        ("\"peak_gib\": 70.5,\n      \"limit", "\"peak_gib\": 70.4985,\n      \"limit"),
        ("\"headroom_gib\": 4.00581", "\"headroom_gib\": 4.00731"),
        ("\"gap\": 0,", "\"gap\": 0.012,"),
        ("\"global_batch\": 15360", "\"global_batch\": 15872"),
        ("\"micro_batches\": 120", "\"micro_batches\": 124"),
        ("\"pp\": [8,16],", "\"pp\": [16],\n      \"ep\": [64],"),
        ("\"objective\": \"time\"", "\"objective\": \"time\",\n    \"excluded_nodes\": [3,17]"),
        (new string('b', 64), new string('f', 64)));

    public static string Edited(string text, params (string Good, string Other)[] edits)
    {
        foreach (var (good, other) in edits)
        {
            Assert.That(text.Contains(good, StringComparison.Ordinal), $"the plan file holds no {good}");
            var at = text.IndexOf(good, StringComparison.Ordinal);
            text = text[..at] + other + text[(at + good.Length)..];
        }

        return text;
    }

    /// <summary>The old plan with other layers on its stages.</summary>
    public static string Staged(params string[] letters)
    {
        var rows = new List<string>();
        var next = 0;
        var places = StagePlaces.Of(SamplePlan.Layout.Schedule, SamplePlan.Layout.Pipeline);
        foreach (var (stage, layers) in letters.Index())
        {
            var (rank, chunk) = stage < places.Length ? places[stage] : (0, 0);
            var held = layers.Count(letter => letter == 't');
            var (first, last) = held == 0 ? (-1, -1) : (next, next + held - 1);
            next += held;
            rows.Add($"{{\"stage\":{stage},\"rank\":{rank},\"chunk\":{chunk},\"first_layer\":{first},\"last_layer\":{last},\"layers\":\"{layers}\",\"recompute\":\"selective\",\"memory_gib\":1,\"forward_s\":1,\"backward_s\":1,\"weight_s\":1}}");
        }

        var start = Was[..Was.IndexOf("\"layout\":", StringComparison.Ordinal)];
        var end = Was[Was.IndexOf("\"experts\":", StringComparison.Ordinal)..];
        return $"{start}\"layout\": \"{string.Join('|', letters)}\", \"stages\": [{string.Join(',', rows)}], {end}";
    }

    private static Plan With(params PlacedLayer[] layers) => SamplePlan.Plan() with
    {
        Experts = new PlanExperts(new PlacedExperts(new ExpertShape(Ranks * Slots, 0, Ranks, 1, 1), [.. layers]), new Cost.Units.Seconds(1.25), null),
    };

    private static PlacedLayer Layer(int layer, params (int A, int B)[] swapped)
    {
        var experts = Enumerable.Range(0, Ranks * Slots).ToArray();
        foreach (var (a, b) in swapped) (experts[a], experts[b]) = (experts[b], experts[a]);
        return new PlacedLayer(layer, [.. experts.Chunk(Slots).Select(held => held.Order().ToImmutableArray())], [], 1.5, 1.25, 3);
    }
}
