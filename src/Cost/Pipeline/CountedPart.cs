using System.Collections.Immutable;
using Planner.Cost.Layers;
using Planner.Cost.Models;

namespace Planner.Cost.Pipeline;

/// <summary>A part of a model and how often it occurs.</summary>
/// <param name="Part">One of them, for one micro-batch on one GPU.</param>
/// <param name="Count">How many the model has.</param>
/// <param name="Layer">A layer that a stage may hold alone.</param>
public readonly record struct CountedPart(LayerCost Part, int Count, bool Layer)
{
    /// <summary>All parts of a model.</summary>
    public static ImmutableArray<CountedPart> Of(ModelSpec model, ModelParts costs)
    {
        var parts = ImmutableArray.CreateBuilder<CountedPart>(5);
        parts.Add(new CountedPart(costs.Embedding, 1, false));
        for (var i = 0; i < costs.Shapes.Length; i++) parts.Add(new CountedPart(costs.Shapes[i], model.Shapes.Counts[i], true));
        if (costs.Mtp is { } mtp) parts.Add(new CountedPart(mtp, model.MtpModules, true));
        parts.Add(new CountedPart(costs.Head, 1, false));
        return parts.DrainToImmutable();
    }
}
