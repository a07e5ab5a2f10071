using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Memory;

/// <summary>
/// Bytes that a token keeps from forward to backward in one layer under a recompute policy: BF16 (2 bytes), or FP8 with a scale for every 128
/// elements where FP8 training keeps GEMM inputs so; the attention output is then kept once in 12 bits (E5M6). Tensor parallelism with
/// sequence parallelism divides all of it. Sources: Korthikanti et al. 2205.05198 for the dense formulas, DeepSeek-V3 report 3.2.3 and 3.3.3
/// for the FP8 policy.
/// </summary>
internal static class ActivationMemory
{
    private const double Bf16 = 2;
    private const double Fp8 = 1 + (8.0 / 256);
    private const double E5M6 = 1.5;

    /// <summary>Attention half, bytes a token before division by tp.</summary>
    public static double Attention(ModelSpec model, RecomputePolicy recompute, bool fp8)
    {
        if (recompute.Has(RecomputeModules.Full)) return Bf16 * model.Hidden;
        var kept = fp8 ? Fp8 : Bf16;
        var norms = recompute.Has(RecomputeModules.LayerNorm) ? 0 : kept;
        var core = recompute.Has(RecomputeModules.CoreAttention);
        var width = (double)model.Attention.Heads * model.Attention.ValueWidth;
        var output = core ? 0 : (width * (fp8 ? E5M6 : Bf16)) + (4 * model.Attention.Heads);
        var input = (Bf16 + norms) * model.Hidden;
        return model.Attention switch
        {
            LatentAttention latent => input + output
                + ((Bf16 + norms) * (latent.QueryRank + latent.KeyValueRank)) + (Bf16 * latent.RopeWidth)
                + (recompute.Has(RecomputeModules.MlaUpProjection) ? 0 : Bf16 * latent.Heads * ((2 * latent.QueryKeyWidth) + latent.ValueWidth)),
            GroupedQueryAttention grouped => input + output
                + (Bf16 * (grouped.Heads + (2 * grouped.KeyValueHeads)) * grouped.HeadWidth),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without a memory formula"),
        };
    }

    /// <summary>Dense feed-forward half, bytes a token before division by tp.</summary>
    public static double Dense(ModelSpec model, RecomputePolicy recompute, bool fp8)
    {
        if (recompute.Has(RecomputeModules.Full)) return 0;
        var kept = fp8 ? Fp8 : Bf16;
        var norms = recompute.Has(RecomputeModules.LayerNorm) ? 0 : kept;
        var mlp = model.DenseMlp!;
        return ((Bf16 + norms) * model.Hidden)
            + (recompute.Has(RecomputeModules.Mlp) ? 0 : kept * (mlp.InputColumns + (recompute.Has(RecomputeModules.Activation) ? 0 : mlp.Width)));
    }

    /// <summary>Experts, bytes a token before division by tp; rows of the busiest rank where the load is uneven.</summary>
    public static double Moe(ModelSpec model, RecomputePolicy recompute, bool fp8, double load)
    {
        if (recompute.Has(RecomputeModules.Full)) return 0;
        var moe = model.Moe!;
        var kept = fp8 ? Fp8 : Bf16;
        var norms = recompute.Has(RecomputeModules.LayerNorm) ? 0 : kept;
        var widths = 2 + (recompute.Has(RecomputeModules.Activation) ? 0 : 1);
        var routed = moe.TopK * load * ((kept * model.Hidden) + (kept * widths * moe.ExpertWidth));
        var shared = recompute.Has(RecomputeModules.Mlp) ? 0 : kept * widths * moe.SharedWidth;
        return ((Bf16 + norms) * model.Hidden) + (4 * moe.Experts) + (8 * moe.TopK) + routed + shared;
    }

    /// <summary>Bytes a token that the backward of a layer needs for a moment (gradients of the widest part), before division by tp.</summary>
    public static double Transient(ModelSpec model, LayerKind kind, double load) => kind == LayerKind.Moe
        ? model.Moe!.TopK * load * ((4 * model.Hidden) + (6 * model.Moe.ExpertWidth))
        : (2 * model.Hidden) + (3 * Bf16 * model.DenseMlp!.Width);
}
