using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Models;

namespace Planner.Inputs;

/// <summary>The layers of a model whose experts a table may speak of: its MoE layers, and the one inside a prediction module, numbered behind the last.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Experts">Routed experts of a layer.</param>
/// <param name="Needed">MoE layers.</param>
/// <param name="Allowed">And those of prediction modules.</param>
internal sealed record MoeLayers(string Model, int Experts, ImmutableSortedSet<int> Needed, ImmutableSortedSet<int> Allowed)
{
    /// <summary>Null where the model has no experts.</summary>
    public static MoeLayers? Of(ModelSpec model)
    {
        if (model.Moe is not { } moe) return null;
        var needed = Enumerable.Range(0, model.Layers.Length).Where(layer => model.Layers[layer] == LayerKind.Moe).ToImmutableSortedSet();
        var modules = model.MtpLayerKind == LayerKind.Moe ? Enumerable.Range(model.Layers.Length, model.MtpModules) : [];
        return new MoeLayers(model.Name, moe.Experts, needed, needed.Union(modules));
    }

    /// <summary>The layer of a row.</summary>
    public int Layer(TableColumns columns, TextRow row)
    {
        var layer = columns.Whole(row, "layer");
        return Allowed.Contains(layer)
            ? layer
            : throw columns.Wrong(row, string.Create(
                CultureInfo.InvariantCulture, $"layer {layer} is not an MoE layer of {Model}; these are numbered from {Needed.Min} to {Needed.Max}"));
    }

    /// <summary>An expert of a row.</summary>
    public int Expert(TableColumns columns, TextRow row, string column)
    {
        var expert = columns.Whole(row, column);
        return expert < Experts
            ? expert
            : throw columns.Wrong(row, string.Create(CultureInfo.InvariantCulture, $"{column} {expert} is not one of {Model}'s {Experts} experts, 0 to {Experts - 1}"));
    }
}
