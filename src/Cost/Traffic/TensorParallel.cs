using Planner.Cost.Layers;
using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>
/// Tensor-parallel collectives. With sequence parallelism: an all-gather before and a reduce-scatter after each half of a layer, the same
/// backward, and one more all-gather that brings the sharded input back for the weight gradient; latent attention gathers its latents where
/// the stack does so. Without it: an all-reduce after each half forward, and one before it backward.
/// </summary>
internal static class TensorParallel
{
    /// <summary>Forward and backward of the attention half.</summary>
    public static (Transfer Forward, Transfer Backward) Attention(Fabric fabric, in LayerSetting at)
    {
        var gathered = at.Stack.LatentTensorParallel && at.Model.Attention is LatentAttention { QueryRank: > 0 } latent
            ? latent.QueryRank + latent.KeyValueRank + latent.RopeWidth
            : at.Model.Hidden;
        return Half(fabric, at, gathered);
    }

    /// <summary>Forward and backward of a dense MLP or of shared experts.</summary>
    public static (Transfer Forward, Transfer Backward) Mlp(Fabric fabric, in LayerSetting at) => Half(fabric, at, at.Model.Hidden);

    private static (Transfer Forward, Transfer Backward) Half(Fabric fabric, in LayerSetting at, double gathered)
    {
        var tp = at.Tensor;
        if (tp == 1) return default;
        var inNode = fabric.InDomain(tp, 1);
        var scatter = fabric.Gather(at.Stack.ElementBytes * at.Tokens * at.Hidden, inNode, tp / inNode, tp);
        if (!at.Stack.SequenceParallel) return (2 * scatter, 2 * scatter);
        var gather = fabric.Gather(at.Stack.ElementBytes * at.Tokens * gathered, inNode, tp / inNode, tp);
        return (gather + scatter, gather + scatter + gather);
    }
}
