using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>
/// Tensor-parallel collectives with sequence parallelism: an all-gather before and a reduce-scatter after each half of a layer, the same
/// backward, and one more all-gather that brings the sharded input back for the weight gradient. Latent attention gathers its latents where
/// the stack does so.
/// </summary>
internal static class TensorParallel
{
    /// <summary>Seconds (forward, backward) of the attention half. <paramref name="tokens"/> are those of the context-parallel rank.</summary>
    public static (double Forward, double Backward) Attention(Fabric fabric, ModelSpec model, double tokens, int tp, bool gathersLatents)
    {
        if (tp == 1) return default;
        var width = gathersLatents && model.Attention is LatentAttention { QueryRank: > 0 } latent
            ? latent.QueryRank + latent.KeyValueRank + latent.RopeWidth
            : model.Hidden;
        return Half(fabric, tokens, tp, width, model.Hidden);
    }

    /// <summary>Seconds (forward, backward) of a dense MLP or of shared experts.</summary>
    public static (double Forward, double Backward) Mlp(Fabric fabric, ModelSpec model, double tokens, int tp) =>
        tp == 1 ? default : Half(fabric, tokens, tp, model.Hidden, model.Hidden);

    private static (double Forward, double Backward) Half(Fabric fabric, double tokens, int tp, double gathered, double scattered)
    {
        var (inNode, nodes) = tp <= fabric.NodeGpus ? (tp, 1) : (fabric.NodeGpus, tp / fabric.NodeGpus);
        var gather = fabric.GatherOrScatter(2 * tokens * gathered, inNode, nodes);
        var scatter = fabric.GatherOrScatter(2 * tokens * scattered, inNode, nodes);
        return (gather + scatter, gather + scatter + gather);
    }
}
