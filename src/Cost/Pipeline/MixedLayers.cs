using Planner.Cost.Layers;
using Planner.Cost.Memory;
using Planner.Cost.Models;

namespace Planner.Cost.Pipeline;

/// <summary>
/// Layers behind the leading dense ones where dense and MoE layers alternate (Llama 4). Placement counts layers and not their kinds, so each is
/// taken for the mean of them: sums over the model stay exact, a stage is off by at most a part of a layer.
/// </summary>
internal static class MixedLayers
{
    /// <summary>An MoE layer, or the mean of the kinds from the first MoE layer on, weighted by how often each occurs.</summary>
    public static LayerCost FromFirstMoe(CostModel model, LayerKey key)
    {
        var moe = model.Layers.Layer(LayerKind.Moe, key);
        var shape = model.Model;
        return shape.DenseLayersAmongMoe == 0
            ? moe
            : Mean(moe, shape.MoeLayers, model.Layers.Layer(LayerKind.Dense, key), shape.DenseLayersAmongMoe);
    }

    private static LayerCost Mean(LayerCost a, int countA, LayerCost b, int countB)
    {
        double of = countA + countB;
        return Scaled(a, countA / of) + Scaled(b, countB / of);
    }

    // What is needed for a moment is needed whole, and the sum of costs takes the larger.
    private static LayerCost Scaled(LayerCost layer, double share) => new(
        share * layer.Forward,
        share * layer.BackwardInput,
        share * layer.Weight,
        share * layer.PairForwardCompute,
        share * layer.PairBackwardCompute,
        share * layer.PairForwardTraffic,
        share * layer.PairBackwardTraffic,
        share * layer.Communication,
        share * layer.Activations,
        layer.Transient,
        new LayerElements(share * layer.Elements.Linear, share * layer.Elements.Other, share * layer.Elements.Expert))
    {
        ForwardCompute = share * layer.ForwardCompute,
        BackwardInputCompute = share * layer.BackwardInputCompute,
        PairForwardWait = share * layer.PairForwardWait,
        PairBackwardWait = share * layer.PairBackwardWait,
    };
}
