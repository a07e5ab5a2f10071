using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Models;

namespace Planner.Cost.Pipeline;

/// <summary>The parts of a model, costed for one micro-batch on one GPU; null where the model has none.</summary>
/// <param name="Shapes">Every shape of a layer, in the order of <see cref="LayerShapes.Distinct"/>.</param>
/// <param name="Dense">A leading dense layer, or the mean of them where they differ.</param>
/// <param name="Moe">A layer from the first MoE layer on, likewise.</param>
/// <param name="HeadTransient">Bytes of logits beyond a layer's transients.</param>
/// <param name="Transient">Bytes that a layer's backward needs for a moment.</param>
/// <param name="Fixed">Workspaces, and the unused weight gradients of every shape of the model: more than a rank without some kind of layer holds.</param>
/// <param name="MtpFindsEmbedding">The last stage's GPU holds the embedding's matrix, by itself or as a tied head.</param>
public sealed record ModelParts(
    ImmutableArray<LayerCost> Shapes,
    LayerCost Embedding,
    LayerCost? Dense,
    LayerCost? Moe,
    LayerCost? Mtp,
    LayerCost Head,
    double HeadTransient,
    double Transient,
    double Fixed,
    bool MtpFindsEmbedding)
{
    /// <summary>A layer of the main kind: one from the first MoE layer on, in a dense model a dense one.</summary>
    public LayerCost Main => (Moe ?? Dense)!.Value;

    public static ModelParts Of(CostModel model, LayerKey key, bool embeddingBesideHead)
    {
        var (layers, shapes) = (model.Layers, model.Model.Shapes);
        ImmutableArray<LayerCost> costs = [.. shapes.Distinct.Select(shape => layers.Layer(shape, key))];
        var head = layers.Head(key, embeddingBesideHead);
        var transient = costs.Max(layer => layer.Transient);
        return new ModelParts(
            costs,
            layers.Embedding(key),
            MixedLayers.Mean(shapes, costs, front: true),
            MixedLayers.Mean(shapes, costs, front: false),
            model.Model.MtpModules > 0 ? layers.Mtp(key, costs[shapes.Numbers[^1]]) : null,
            head,
            Math.Max(0, head.Transient - transient),
            transient,
            layers.Fixed(key, model.Model.Layers.Distinct(), model.Model.MtpModules > 0),
            embeddingBesideHead || model.Model.TiedEmbeddings);
    }
}
