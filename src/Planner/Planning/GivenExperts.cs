using System.Collections.Immutable;
using Planner.Inputs;
using Planner.Search.Experts;

namespace Planner.Planning;

/// <summary>Experts where a plan file puts them, under the file's own load or one measured since.</summary>
internal static class GivenExperts
{
    /// <summary>The placement, refused where it does not fit the model.</summary>
    /// <param name="given">As the file has it.</param>
    /// <param name="model">The model's MoE layers.</param>
    /// <param name="loads">Loads; null keeps the file's factors.</param>
    public static PlacedExperts Of(PlacedExperts given, MoeLayers model, ExpertLoads? loads)
    {
        var shape = given.Shape with { Experts = model.Experts, Extra = given.Shape.Experts + given.Shape.Extra - model.Experts };
        var placed = given.Layers.Select(layer => layer.Layer).ToImmutableSortedSet();
        if (!model.Needed.IsSubsetOf(placed) || !placed.IsSubsetOf(model.Allowed)) throw Wrong($"its layers are not the MoE layers of {model.Model}");
        foreach (var layer in given.Layers)
        {
            var held = layer.Ranks.SelectMany(rank => rank).ToImmutableSortedSet();
            if (held.Count != model.Experts || held.Max != model.Experts - 1)
                throw Wrong(FormattableString.Invariant($"layer {layer.Layer} does not place the {model.Experts} experts of {model.Model}"));
        }

        return new PlacedExperts(
            shape, loads is null ? given.Layers : [.. given.Layers.Where(layer => loads.Layers.ContainsKey(layer.Layer)).Select(layer => Under(layer, loads.Layers[layer.Layer], shape.Ranks))]);
    }

    /// <summary>The placement against all that keep a shape.</summary>
    public static PlacedExperts Against(PlacedExperts given, ExpertLoads loads, ExpertShape shape)
    {
        var others = ExpertPlacement.Of(MeasuredLayers.Of(loads.Layers), shape, shape.Ranks).Final().Result.Layers.ToDictionary(layer => layer.Layer, layer => layer.Bound);
        return new PlacedExperts(shape, [.. given.Layers.Select(layer => layer with { Bound = Math.Min(others[layer.Layer], layer.Factor) })]);
    }

    // Nothing is below the mean.
    private static PlacedLayer Under(PlacedLayer layer, ImmutableArray<double> loads, int ranks)
    {
        var copies = layer.Ranks.SelectMany(rank => rank).CountBy(expert => expert).ToDictionary();
        var sum = loads.Sum();
        ImmutableArray<double> shares = [.. layer.Ranks.Select(rank => rank.Sum(expert => loads[expert] / copies[expert]) / sum)];
        return new PlacedLayer(layer.Layer, layer.Ranks, shares, Math.Max(1, shares.Max() * ranks), 1, ContiguousLoad.Factor(loads.AsSpan(), ranks));
    }

    private static RefusedException Wrong(string what) => new($"the plan file's decisions.experts: {what}");
}
