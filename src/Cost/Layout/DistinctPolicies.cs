using System.Collections.Immutable;
using Planner.Cost.Models;

namespace Planner.Cost.Layout;

/// <summary>Recompute policies of which no two are the same for a model: parts that a model does not have make no difference.</summary>
public static class DistinctPolicies
{
    /// <summary>Of policies that are the same for the model the first.</summary>
    public static ImmutableArray<RecomputePolicy> Of(ModelSpec model, ImmutableArray<RecomputePolicy> policies) =>
        [.. policies.DistinctBy(policy => policy.Modules & Present(model))];

    /// <summary>Modules that the layers of a model have.</summary>
    public static RecomputeModules Present(ModelSpec model)
    {
        var present = ~RecomputeModules.None;
        if (model.Attention is not LatentAttention) present &= ~RecomputeModules.MlaUpProjection;
        if (model.DenseMlp is null && model.Moe is not { SharedWidth: > 0 }) present &= ~(RecomputeModules.Mlp | RecomputeModules.MlpUp);
        if (model.Moe is null) present &= ~RecomputeModules.Experts;
        return present;
    }
}
