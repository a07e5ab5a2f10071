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
    /// <param name="shape">What bounds of other placements keep; null where nobody knows yet.</param>
    public static PlacedExperts Of(PlacedExperts given, MoeLayers model, ExpertLoads? loads, ExpertShape? shape = null)
    {
        shape ??= given.Shape with { Experts = model.Experts, Extra = given.Shape.Experts + given.Shape.Extra - model.Experts };
        var placed = given.Layers.Select(layer => layer.Layer).ToImmutableSortedSet();
        if (!model.Needed.IsSubsetOf(placed) || !placed.IsSubsetOf(model.Allowed)) throw Wrong($"its layers are not the MoE layers of {model.Model}");
        foreach (var layer in given.Layers)
        {
            var held = layer.Ranks.SelectMany(rank => rank).ToImmutableSortedSet();
            if (held.Count != model.Experts || held.Max != model.Experts - 1)
                throw Wrong(FormattableString.Invariant($"layer {layer.Layer} does not place the {model.Experts} experts of {model.Model}"));
        }

        var layers = loads is null ? given.Layers : [.. given.Layers.Where(layer => loads.Layers.ContainsKey(layer.Layer)).Select(layer => Under(layer, loads.Layers[layer.Layer], shape.Value))];
        return new PlacedExperts(shape.Value, layers);
    }

    private static PlacedLayer Under(PlacedLayer layer, ImmutableArray<double> loads, ExpertShape shape)
    {
        var copies = layer.Ranks.SelectMany(rank => rank).CountBy(expert => expert).ToDictionary();
        var sum = loads.Sum();
        ImmutableArray<double> shares = [.. layer.Ranks.Select(rank => rank.Sum(expert => loads[expert] / copies[expert]) / sum)];
        var factor = Math.Max(1, shares.Max() * shape.Ranks);
        var bound = LayerPlacement.Of(loads.AsSpan(), shape).Bound * shape.Ranks / sum;
        return new PlacedLayer(layer.Layer, layer.Ranks, shares, factor, Math.Clamp(bound, 1, factor), ContiguousLoad.Factor(loads.AsSpan(), shape.Ranks));
    }

    private static RefusedException Wrong(string what) => new($"the plan file's decisions.experts: {what}");
}
