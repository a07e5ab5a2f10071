using Planner.Cost.Models;

namespace Planner.Cost.Traffic;

/// <summary>Ring attention: keys and values of the other context-parallel ranks pass by, forward once, backward with their gradients.</summary>
internal static class ContextParallel
{
    /// <summary>Seconds (forward, backward). <paramref name="tokens"/> are those of this rank; neighbours are tp ranks away.</summary>
    public static (double Forward, double Backward) Time(Fabric fabric, ModelSpec model, double tokens, int cp, int tp)
    {
        if (cp == 1) return default;
        var width = model.Attention switch
        {
            LatentAttention latent => latent.Heads / (double)tp * (latent.QueryKeyWidth + latent.ValueWidth),
            GroupedQueryAttention grouped => 2 * Math.Max(1, grouped.KeyValueHeads / (double)tp) * grouped.HeadWidth,
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without a cost"),
        };

        // A ring that leaves the node is as slow as its slowest hop.
        var stride = (long)cp * tp <= fabric.NodeGpus ? 1 : fabric.NodeGpus;
        var step = fabric.Send(2 * tokens * width, stride);
        return ((cp - 1) * step, 2 * (cp - 1) * step);
    }
}
