using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Memory;

/// <summary>Bytes a token keeps, by what divides them.</summary>
/// <param name="Residual">Inputs of norms and of the halves, masks of the residual's dropout: divided by sequence parallelism alone.</param>
/// <param name="Inner">Between the matrices: divided by tensor parallelism.</param>
internal readonly record struct KeptBytes(double Residual, double Inner)
{
    public static KeptBytes operator +(KeptBytes a, KeptBytes b) => new(a.Residual + b.Residual, a.Inner + b.Inner);

    /// <summary>Bytes of a micro-batch on one GPU.</summary>
    public double On(in LayerSetting at) => (Residual * at.Own) + (Inner * at.Tokens / at.Tensor);
}

/// <summary>
/// What one layer keeps from forward to backward under a recompute policy: BF16 (2 bytes), or FP8 with a scale for every 128 elements where FP8
/// training keeps GEMM inputs so; the attention output is then kept once in 12 bits (E5M6). Sources: Korthikanti et al. 2205.05198 for the
/// dense formulas (34 bytes a hidden element with dropout, 5 a score where scores are written), DeepSeek-V3 report 3.2.3 and 3.3.3 for the FP8 policy.
/// </summary>
internal static class ActivationMemory
{
    private const double Bf16 = 2;
    private const double Fp8 = 1 + (8.0 / 256);
    private const double E5M6 = 1.5;

    /// <summary>Attention half.</summary>
    public static KeptBytes Attention(in LayerSetting at, bool fp8)
    {
        if (at.Recompute.Has(RecomputeModules.Full)) return new KeptBytes(Bf16 * at.Hidden, 0);
        var attention = at.Model.Attention;
        var norms = Norms(at, fp8);
        var core = at.Recompute.Has(RecomputeModules.CoreAttention);
        var unfused = at.Unfused;
        var width = (double)attention.Heads * attention.ValueWidth;

        // The input of the output projection stays even where the core is computed again.
        var output = width * (fp8 ? E5M6 : Bf16);

        // Softmax and its dropped copy in 16 bits and a mask; a fused kernel keeps one FP32 statistic a head.
        var scores = unfused ? (at.Stack.Dropout ? 5 : 2) * attention.Heads * at.Tokens / at.Sequences : 4 * attention.Heads;
        if (core) scores = 0;
        var inner = attention switch
        {
            LatentAttention latent => ((Bf16 + norms) * (latent.QueryRank + latent.KeyValueRank)) + (Bf16 * latent.RopeWidth)
                + (at.Recompute.Has(RecomputeModules.MlaUpProjection) ? 0 : Bf16 * latent.Heads * ((2 * latent.QueryKeyWidth) + latent.ValueWidth)),
            GroupedQueryAttention grouped => Bf16 * (grouped.Heads + (2 * grouped.KeyValueHeads)) * grouped.HeadWidth,
            _ => throw new ArgumentOutOfRangeException(nameof(at), attention.GetType().Name, "attention without a memory formula"),
        };
        return new KeptBytes(Frame(at, norms), output + scores + inner);
    }

    /// <summary>Dense feed-forward half.</summary>
    public static KeptBytes Dense(in LayerSetting at, bool fp8)
    {
        if (at.Recompute.Has(RecomputeModules.Full)) return default;
        var kept = fp8 ? Fp8 : Bf16;
        var mlp = at.Model.DenseMlp!;
        return new KeptBytes(Frame(at, Norms(at, fp8)), kept * ((Up(at) * mlp.InputColumns) + (Product(at) * mlp.Width)));
    }

    /// <summary>Experts; rows of the busiest rank where the load is uneven. Each tensor rank routes its own tokens.</summary>
    public static KeptBytes Moe(in LayerSetting at, bool fp8, double load)
    {
        if (at.Recompute.Has(RecomputeModules.Full)) return default;
        var moe = at.Model.Moe!;
        var kept = fp8 ? Fp8 : Bf16;
        var widths = at.Recompute.Has(RecomputeModules.Experts) ? 0 : 2 + (at.Recompute.Has(RecomputeModules.Activation) ? 0 : 1);
        var rows = at.Recompute.Has(RecomputeModules.Experts) ? 0 : kept * at.Hidden;
        var routed = moe.TopK * load * (rows + (kept * widths * moe.ExpertWidth));
        var shared = kept * ((2 * Up(at)) + Product(at)) * moe.SharedWidth;
        return new KeptBytes(Frame(at, Norms(at, fp8)), (4 * moe.Experts) + (8 * moe.TopK) + routed + shared);
    }

    /// <summary>Bytes a token that the backward of a layer needs for a moment (gradients of the widest part), before division by tp.</summary>
    public static double Transient(ModelSpec model, LayerKind kind, double load) => kind == LayerKind.Moe
        ? model.Moe!.TopK * load * ((4 * model.Hidden) + (6 * model.Moe.ExpertWidth))
        : (2 * model.Hidden) + (3 * Bf16 * model.DenseMlp!.Width);

    private static double Norms(in LayerSetting at, bool fp8) => at.Recompute.Has(RecomputeModules.LayerNorm) ? 0 : fp8 ? Fp8 : Bf16;

    // Input of the half, output of its norm, mask of the dropout before the residual.
    private static double Frame(in LayerSetting at, double norms) => (Bf16 + norms + (at.Stack.Dropout ? 1 : 0)) * at.Hidden;

    // Whether the first matrices' result and the product of the activation are kept, 1 or 0.
    private static int Up(in LayerSetting at) => at.Recompute.Has(RecomputeModules.Mlp) || at.Recompute.Has(RecomputeModules.MlpUp) ? 0 : 1;

    private static int Product(in LayerSetting at) => Up(at) == 0 || at.Recompute.Has(RecomputeModules.Activation) ? 0 : 1;
}
