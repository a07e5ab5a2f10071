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
/// What one layer keeps from forward to backward under a recompute policy: the stack's bytes an element (2 in BF16), or FP8 with a scale for every
/// 128 elements where FP8 training keeps GEMM inputs so; the attention output is then kept once in 12 bits (E5M6). Sources: Korthikanti et al.
/// 2205.05198 for the dense formulas (34 bytes a hidden element with dropout, 5 a score where scores are written), DeepSeek-V3 report 3.2.3 and
/// 3.3.3 for the FP8 policy.
/// </summary>
internal static class ActivationMemory
{
    private const double Fp8 = 1 + (8.0 / 256);
    private const double E5M6 = 1.5;

    /// <summary>One layer; rows of the busiest rank where the load is uneven.</summary>
    public static KeptBytes Layer(in LayerSetting at, LayerKind kind, bool fp8, double load) =>
        Attention(at, fp8) + (kind == LayerKind.Moe ? Moe(at, fp8, load) : Dense(at, fp8));

    /// <summary>Attention half.</summary>
    public static KeptBytes Attention(in LayerSetting at, bool fp8)
    {
        var bytes = at.Stack.ElementBytes;
        if (at.Recompute.Has(RecomputeModules.Full)) return new KeptBytes(bytes * at.Hidden, 0);
        var attention = at.Model.Attention;
        var norms = Norms(at, fp8);
        var core = at.Recompute.Has(RecomputeModules.CoreAttention);
        var unfused = at.Unfused;
        var width = (double)attention.Heads * attention.ValueWidth;

        // The input of the output projection stays even where the core is computed again.
        var output = width * (fp8 ? E5M6 : bytes);

        // Softmax, with dropout its dropped copy and a mask; a fused kernel keeps one FP32 statistic a head.
        var scores = unfused ? (at.Stack.Dropout ? (2 * bytes) + 1 : bytes) * attention.Heads * at.Tokens / at.Sequences : 4 * attention.Heads;
        if (core) scores = 0;
        var inner = attention switch
        {
            LatentAttention latent => ((bytes + norms) * (latent.QueryRank + latent.KeyValueRank)) + (bytes * latent.RopeWidth)
                + (at.Recompute.Has(RecomputeModules.MlaUpProjection) ? 0 : bytes * latent.Heads * ((2 * latent.QueryKeyWidth) + latent.ValueWidth)),

            // Every second product of queries, keys and values: keys are computed again.
            GroupedQueryAttention grouped => bytes * (grouped.Heads + ((EverySecond(at) ? 1 : 2) * grouped.KeyValueHeads)) * grouped.HeadWidth,
            _ => throw new ArgumentOutOfRangeException(nameof(at), attention.GetType().Name, "attention without a memory formula"),
        };
        return new KeptBytes(Frame(at, norms), output + scores + inner);
    }

    /// <summary>Dense feed-forward half. ReLU's backward reads its result, which the second matrix keeps anyway; other functions keep their inputs too.</summary>
    public static KeptBytes Dense(in LayerSetting at, bool fp8)
    {
        if (at.Recompute.Has(RecomputeModules.Full)) return default;
        var kept = Kept(at, fp8);
        var mlp = at.Model.DenseMlp!;
        var first = mlp.Activation == Activation.Relu && Product(at) > 0 ? 0 : Up(at) * mlp.InputColumns;
        return new KeptBytes(Frame(at, Norms(at, fp8)), kept * (first + (Product(at) * mlp.Width)));
    }

    /// <summary>Experts; rows of the busiest rank where the load is uneven. Each tensor rank routes its own tokens.</summary>
    public static KeptBytes Moe(in LayerSetting at, bool fp8, double load)
    {
        if (at.Recompute.Has(RecomputeModules.Full)) return default;
        var moe = at.Model.Moe!;
        var kept = Kept(at, fp8);
        var widths = at.Recompute.Has(RecomputeModules.Experts) ? 0 : 2 + (at.Recompute.Has(RecomputeModules.Activation) ? 0 : 1);
        var rows = at.Recompute.Has(RecomputeModules.Experts) ? 0 : kept * at.Hidden;
        var routed = moe.TopK * load * (rows + (kept * widths * moe.ExpertWidth));
        var shared = kept * ((2 * Up(at)) + Product(at)) * moe.SharedWidth;
        return new KeptBytes(Frame(at, Norms(at, fp8)), (4 * moe.Experts) + (8 * moe.TopK) + routed + shared);
    }

    private static double Kept(in LayerSetting at, bool fp8) => fp8 ? Fp8 : at.Stack.ElementBytes;

    private static double Norms(in LayerSetting at, bool fp8) => at.Recompute.Has(RecomputeModules.LayerNorm) || EverySecond(at) ? 0 : Kept(at, fp8);

    // Input of the half, output of its norm, mask of the dropout before the residual.
    private static double Frame(in LayerSetting at, double norms) =>
        (at.Stack.ElementBytes + norms + (at.Stack.Dropout ? 1 : 0)) * at.Hidden;

    // What is kept of the first matrices' result, and of the product of the activation.
    private static double Up(in LayerSetting at) =>
        at.Recompute.Has(RecomputeModules.Mlp | RecomputeModules.MlpUp) ? 0 : EverySecond(at) && at.Model.DenseMlp?.Activation == Activation.SwiGlu ? 0.5 : 1;

    private static int Product(in LayerSetting at) => Up(at) == 0 || at.Recompute.Has(RecomputeModules.Activation) || EverySecond(at) ? 0 : 1;

    // Keys, one of gate and up, norms and products of activations come back; queries, values, the other product and the attention's output stay.
    private static bool EverySecond(in LayerSetting at) => at.Recompute.Has(RecomputeModules.EverySecondProduct);
}
