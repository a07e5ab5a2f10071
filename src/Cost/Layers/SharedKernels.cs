using Planner.Cost.Layout;

namespace Planner.Cost.Layers;

/// <summary>Kernels that both halves of a layer have.</summary>
internal static class SharedKernels
{
    /// <summary>The norm before a half (read 2, write 2 bytes an element; backward three reads and a write), and its output quantised for so many tokens.</summary>
    public static void AddNorm(LayerWorkBuilder builder, in LayerSetting at, double quantised)
    {
        var norms = at.Recompute.Has(RecomputeModules.LayerNorm);
        var own = at.Own * at.Hidden;
        builder.Elementwise(4 * own, 8 * own, norms);
        builder.Quantise(quantised * at.Hidden, norms);
    }

    /// <summary>The residual after a half (two reads, a write), with dropout a mask of a byte more each way.</summary>
    public static void AddResidual(LayerWorkBuilder builder, in LayerSetting at)
    {
        var own = at.Own * at.Hidden;
        var mask = at.Stack.Dropout ? 1 : 0;
        builder.Elementwise((6 + mask) * own, (4 + mask) * own);
    }
}
