using Planner.Cost.Layout;

namespace Planner.Cost.Layers;

/// <summary>Kernels that both halves of a layer have.</summary>
internal static class SharedKernels
{
    /// <summary>The norm before a half (read 2, write 2 bytes an element; backward three reads and a write), and its output quantised for so many tokens.</summary>
    public static void AddNorm(LayerWorkBuilder builder, in LayerSetting at, double quantised)
    {
        var norms = at.Recompute.Has(RecomputeModules.LayerNorm | RecomputeModules.EverySecondProduct);
        var own = at.Own * at.Hidden;
        // By themselves: gradient of the input reads two and writes one, that of scale and shift reads two, and the residual's gradient is added (two reads, a write).
        builder.Elementwise(4 * own, (at.Separate ? 16 : 8) * own, norms);
        EagerKernels.AddNorm(builder, at);
        builder.Quantise(quantised * at.Hidden, norms);
    }

    /// <summary>The residual after a half (two reads, a write), with dropout a mask of a byte more each way.</summary>
    public static void AddResidual(LayerWorkBuilder builder, in LayerSetting at)
    {
        var own = at.Own * at.Hidden;
        var mask = at.Stack.Dropout ? 1 : 0;
        builder.Elementwise((6 + mask) * own, (4 + mask) * own);
    }

    /// <summary>A bias that a kernel of its own adds (read 2, write 2 bytes an element) and whose gradient another sums (read 2).</summary>
    public static void AddBias(LayerWorkBuilder builder, in LayerSetting at, double elements, bool recompute = false)
    {
        if (at.Separate) builder.Elementwise(4 * elements, 2 * elements, recompute);
    }

    /// <summary>The gradient of a bias that a fused kernel has added: a sum over tokens (read 2 bytes an element).</summary>
    public static void AddBiasGradient(LayerWorkBuilder builder, in LayerSetting at, double elements)
    {
        if (at.Separate) builder.Backward(2 * elements);
    }
}
