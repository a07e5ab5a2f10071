using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Memory;
using Planner.Cost.Models;

namespace Planner.Cost.Pipeline;

/// <summary>
/// A section of layers that are not all alike as one kind, the mean of them: sums over the section are exact. For bounds and for what counts layers
/// only; what a stage costs follows from the layers it holds (<see cref="LayerSequence"/>).
/// </summary>
internal static class MixedLayers
{
    /// <summary>Mean of the layers of a section; null where there are none.</summary>
    /// <param name="shapes">Layers.</param>
    /// <param name="costs">Cost of each shape, in the order of <see cref="LayerShapes.Distinct"/>.</param>
    /// <param name="front">Those in front, or those behind.</param>
    public static LayerCost? Mean(LayerShapes shapes, ImmutableArray<LayerCost> costs, bool front)
    {
        var (first, end) = front ? (0, shapes.Front) : (shapes.Front, shapes.All.Length);
        if (first == end) return null;
        if (!(front ? shapes.FrontVaries : shapes.BehindVaries)) return costs[shapes.Numbers[first]];
        var counts = new int[costs.Length];
        for (var i = first; i < end; i++) counts[shapes.Numbers[i]]++;
        LayerCost mean = default;
        for (var i = 0; i < counts.Length; i++)
            if (counts[i] > 0) mean += Scaled(costs[i], counts[i] / (double)(end - first));
        return mean;
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
