using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Inputs;
using Planner.Plans;
using Planner.Plans.Metrics;
using Planner.Reports;

namespace Planner.Commands;

/// <summary>What the catalogs hold, as tables.</summary>
internal static class Listings
{
    public static Listing Models(string? data)
    {
        var catalog = new ModelCatalog(data);
        return new Listing(
            "models",
            [
                new("name", "name"), new("parameters", "counted"), new("published_b", "published"),
                new("active", "active"), new("published_active_b", "published"),
                new("layers", "layers"), new("hidden", "hidden"), new("attention", "heads"), new("experts", "experts"),
                new("sequence_length", "sequence"), new("global_batch", "batch", FilesOnly: true), new("precision", "precision", FilesOnly: true),
                new("tokens", "tokens", FilesOnly: true), new("stack", "stack", FilesOnly: true),
            ],
            [.. catalog.Names.Select(name => Row(name, catalog.Load(name)))]);

        static ImmutableArray<ListingCell> Row(string name, LoadedModel model) =>
        [
            name, Exact(ParameterCount.Total(model.Spec)), Billions(model.Published?.TotalBillions),
            Exact(ParameterCount.Active(model.Spec, withInputEmbedding: true)), Billions(model.Published?.ActiveBillions),
            model.Spec.Layers.Length, model.Spec.Hidden, Attention(model.Spec.Attention), Experts(model.Spec),
            model.Defaults.SequenceLength, model.Defaults.GlobalBatch, PlanWords.Of(model.Defaults.Precision), model.Defaults.Tokens, model.Defaults.Stack,
        ];
    }

    public static Listing Stacks(string? data)
    {
        var catalog = new StackCatalog(data);
        return new Listing(
            "stacks",
            [
                new("name", "name"), new("architectures", "architectures", FilesOnly: true), new("schedules", "schedules", FilesOnly: true),
                new("recompute", "recompute"), new("constants", "constants"), new("assumed", "assumed"), new("fitted", "fitted"),
                new("attention", "attention"), new("software", "software", FilesOnly: true), new("description", "description", FilesOnly: true),
            ],
            [.. catalog.Names.Select(name => Row(name, catalog.Load(name)))]);

        static ImmutableArray<ListingCell> Row(string name, LoadedStack stack) =>
        [
            name,
            string.Join(' ', stack.Spec.Rates.Select(rates => rates.Architecture)),
            string.Join(' ', stack.Spec.Schedules),
            string.Join(' ', stack.Spec.RecomputePolicies.Select(policy => policy.Name)),
            stack.Spec.Constants.Length,
            Count(stack, Cost.Units.SourceKind.Assumed),
            Count(stack, Cost.Units.SourceKind.Fitted),
            stack.Spec.Attention == AttentionKernel.Fused ? "fused" : "unfused",
            string.Join("; ", stack.Spec.Software),
            stack.Description,
        ];
    }

    private static int Count(LoadedStack stack, Cost.Units.SourceKind kind) => stack.Spec.Constants.Count(constant => constant.Kind == kind);

    public static Listing Schedules() => new(
        "schedules",
        [new("name", "name"), new("title", "title"), new("overlaps", "overlaps forward and backward"), new("copies", "copies of the model")],
        [.. ScheduleCatalog.All.Select(schedule => ImmutableArray.Create<ListingCell>(
            schedule.Name, schedule.Title, schedule.Overlaps ? "yes" : "no", schedule.Copies))]);

    public static Listing Metrics() => new(
        "metrics",
        [new("name", "name"), new("better", "better"), new("place", "place in the plan file", FilesOnly: true), new("unit", "unit", FilesOnly: true), new("explanation", "explanation")],
        [.. MetricCatalog.All.Select(metric => ImmutableArray.Create<ListingCell>(
            metric.Name, Better(metric.Direction), metric.Path, metric.Unit, metric.Explanation))])
    {
        Wraps = true,
    };

    private static string Better(Direction direction) => direction switch
    {
        Direction.LowerIsBetter => "lower",
        Direction.HigherIsBetter => "higher",
        Direction.Neither => "",
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, null),
    };

    private static ListingCell Billions(double? count) => new(null, count, ReadAs: 1e9);

    private static ListingCell Exact(long count) => new(null, count, Whole: true);

    private static string Attention(AttentionSpec attention) => attention switch
    {
        LatentAttention => "MLA",
        GroupedQueryAttention grouped => grouped.KeyValueHeads == grouped.Heads ? "MHA" : "GQA",
        _ => throw new ArgumentOutOfRangeException(nameof(attention), attention, null),
    };

    private static string Experts(ModelSpec model) => model.Moe is { } moe ? $"{moe.TopK} of {moe.Experts}" : "dense";
}
