using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Traffic;

/// <summary>Exchange of keys and values between context-parallel ranks.</summary>
internal static class ContextParallel
{
    /// <summary>Forward and backward, hidden or not.</summary>
    /// <param name="fabric">Links.</param>
    /// <param name="model">Model.</param>
    /// <param name="exchange">How.</param>
    /// <param name="tokens">Tokens of this rank.</param>
    /// <param name="cp">Context-parallel ranks.</param>
    /// <param name="tp">Tensor-parallel ranks: neighbours are that many ranks away.</param>
    /// <param name="ep">Expert-parallel ranks: their groups share the leaf switches.</param>
    public static (Transfer Forward, Transfer Backward) Time(Fabric fabric, ModelSpec model, ContextExchange exchange, double tokens, int cp, int tp, int ep)
    {
        if (cp == 1) return default;
        var heads = model.Attention.Heads / (double)tp;
        var keysAndValues = model.Attention switch
        {
            LatentAttention latent => heads * (latent.QueryKeyWidth + latent.ValueWidth),
            GroupedQueryAttention grouped => 2 * Math.Max(1, grouped.KeyValueHeads / (double)tp) * grouped.HeadWidth,
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without a cost"),
        };

        // Ranks of a group are tp numbers apart; they fill nodes before they leave them.
        var inNode = fabric.InDomain(cp, tp);
        var nodes = cp / (double)inNode;
        var span = fabric.Placed?.Context(cp, tp, ep) ?? (double)cp * tp;
        switch (exchange)
        {
            case ContextExchange.Ring:
                // Forward once round, backward with the gradients; a ring that leaves the node is as slow as its slowest hop.
                var step = fabric.Pass(2 * tokens * keysAndValues, inNode == cp ? 1 : fabric.DomainGpus, span);
                return ((cp - 1) * step, 2 * (cp - 1) * step);
            case ContextExchange.AllGather:
                // Backward gathers again and scatters the gradients.
                var gather = fabric.Gather(2 * cp * tokens * keysAndValues, inNode, nodes, span);
                return (gather, 2 * gather);
            case ContextExchange.AllToAll:
                // Queries, keys, values and outputs change from tokens to heads and back; a rank keeps its own part.
                var bytes = 2 * tokens * ((heads * (model.Attention.QueryKeyWidth + model.Attention.ValueWidth)) + keysAndValues);
                var all = fabric.Gather(bytes, inNode, nodes, span);
                return (all, all);
            default:
                throw new ArgumentOutOfRangeException(nameof(exchange), exchange, "exchange without a cost");
        }
    }
}
