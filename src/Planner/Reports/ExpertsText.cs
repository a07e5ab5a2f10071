using Planner.Plans;
using Planner.Search.Experts;

namespace Planner.Reports;

/// <summary>Where experts lie, how even that makes the load, and what it is worth.</summary>
internal static class ExpertsText
{
    public static void Write(TextLines lines, Plan plan)
    {
        if (Place(plan) is not { } place) return;
        lines.Sentence("experts", place);
        if (plan.Experts is not { } experts) return;
        var placed = experts.Placed;
        if (placed.Shape.Ranks == 1)
        {
            lines.Sentence("", "one rank holds all experts: nothing to place");
            return;
        }

        lines.Sentence("load", $"hottest rank over mean {Factor(placed.MeanContiguous)} in order, {Factor(placed.Mean)} placed (mean of {Quantity.Of(placed.Layers.Length, "layer")}): {Worth(experts.Saved.Value)}");
        var (coolest, hottest) = (placed.Layers.MinBy(layer => layer.Factor)!, placed.Layers.MaxBy(layer => layer.Factor)!);
        lines.Sentence("", $"layers from {Factor(coolest.Factor)} (layer {coolest.Layer}) to {Factor(hottest.Factor)} (layer {hottest.Layer})");
        lines.Sentence("", Proof(placed));
        if (experts.Copies is { } copies)
        {
            lines.Sentence(
                "copies",
                $"{placed.Shape.Extra} of hot experts, {placed.Shape.Extra / placed.Shape.Ranks} a rank: {Factor(copies.Factor)} without, {Factor(placed.Mean)} with; {Worth(copies.Saved.Value)}, "
                + $"{Quantity.Gib(new(Math.Abs(copies.Memory.Value)))} {(copies.Memory.Value < 0 ? "less" : "more")} on the fullest gpu");
        }

        if (Pairs(placed) is { } pairs) lines.Sentence("pairs", pairs);
    }

    private static string? Place(Plan plan)
    {
        if (plan.Model.Moe is not { } moe) return null;
        var ranks = plan.Layout.Degrees.Expert;
        var each = moe.Experts / ranks;
        var held = plan.Experts?.Placed.Shape.Slots ?? each;
        var text = $"{moe.Experts} over {Quantity.Of(ranks, "rank")}, {held} each";
        if (held > each) text = $"{moe.Experts} and {plan.Experts!.Placed.Shape.Extra} copies over {Quantity.Of(ranks, "rank")}, {held} each";
        if (plan.Experts is { Placed.Shape.Ranks: > 1 }) text += ", placed by load layer by layer";
        if (moe.Router.Groups == 1) return text;

        // Neighbouring expert ranks share a node, so a group stays inside one where a node holds whole groups.
        var onNode = Math.Max(1, plan.Machine.Node.Gpus / plan.Layout.Degrees.ExpertStride(plan.Stack.FoldedExperts)) * each;
        return onNode % (moe.Experts / moe.Router.Groups) == 0 ? text + ", every router group inside one node" : text;
    }

    private static string Proof(PlacedExperts placed)
    {
        var open = placed.Layers.Where(layer => !layer.Proven).ToList();
        var bound = $"no placement is below {Factor(placed.MeanBound)}";
        return open.Count == 0
            ? $"{bound}: every layer is within 0.1 % of what is proven"
            : $"{bound}: {placed.ProvenLayers} of {Quantity.Of(placed.Layers.Length, "layer")} within 0.1 % of what is proven, the others "
                + $"within {Quantity.Percent(open.Max(layer => (layer.Factor / layer.Bound) - 1))}"
                + (open.Exists(layer => layer.Pairs is not null) ? $", of which pairs were given up to {Quantity.Percent(PairSearch.Allowed)}" : "");
    }

    private static string? Pairs(PlacedExperts placed)
    {
        var counted = placed.Layers.Select(layer => layer.Pairs).OfType<PairTraffic>().ToList();
        var all = counted.Sum(layer => layer.All);
        if (counted.Count == 0) return null;
        if (counted.All(layer => layer.Before == 0)) return "none of their weight leaves a node";
        return $"{Quantity.Percent(counted.Sum(layer => layer.Before) / all)} of their weight between nodes by load alone, "
            + $"{Quantity.Percent(counted.Sum(layer => layer.After) / all)} after swaps that keep every rank within {Quantity.Percent(PairSearch.Allowed)} of the hottest (local search, no proof)";
    }

    private static string Worth(double seconds) =>
        Math.Abs(seconds) < 1e-9 ? "no change of the step" : $"{Quantity.Time(new(Math.Abs(seconds)))} a step {(seconds > 0 ? "saved" : "lost")}";

    private static string Factor(double factor) => Quantity.Fixed(factor, 3);
}
