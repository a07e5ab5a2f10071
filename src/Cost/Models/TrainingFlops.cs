using Planner.Cost.Units;

namespace Planner.Cost.Models;

/// <summary>Model FLOPs of one token, forward and backward, by part.</summary>
/// <param name="Linear">All matrices but the output head.</param>
/// <param name="Head">The output head, once a prediction.</param>
/// <param name="Attention">Scores and values.</param>
public readonly record struct TokenFlops(Flops Linear, Flops Head, Flops Attention)
{
    public Flops Total => Linear + Head + Attention;

    /// <summary>Without gradients of the weights, a third of what matrices cost: frozen weights (adapters are too small to count).</summary>
    public Flops Frozen => new((2.0 / 3 * (Linear.Value + Head.Value)) + Attention.Value);
}

/// <summary>
/// Model FLOPs of training, the numerator of MFU; recomputation does not count.
/// 6 * (matrix parameters a token uses, head included, input embedding left out) + 3 * L * 2 * s * nh * (d_qk + d_v), half of the
/// second term where attention is causal; s is less where layers see a window only (<see cref="ModelSpec.AttentionContext(int)"/>). Reproduces DeepSeek's own figures for V2 (155 GFLOP) and V3 (250 GFLOP) at s = 4096
/// (arXiv 2505.09343, table 2); these leave multi-token prediction out although a step computes it.
/// </summary>
public static class TrainingFlops
{
    /// <summary>FLOPs of one token in a sequence of <paramref name="sequence"/> tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sequence">Tokens of a sequence, s.</param>
    /// <param name="causal">A token meets half of the sequence on average.</param>
    /// <param name="withMtp">Count the multi-token-prediction modules: their layer, projection and pass through the head.</param>
    public static TokenFlops PerToken(ModelSpec model, int sequence, bool causal = true, bool withMtp = false)
    {
        int modules = withMtp ? model.MtpModules : 0;
        int moeLayers = model.MoeLayers;
        int layers = model.Layers.Length;
        long linear = ((layers - moeLayers) * ParameterCount.DenseLayer(model).Matrices)
            + (moeLayers * ParameterCount.ActiveMoeLayer(model).Matrices)
            + (modules * MtpMatrices(model));
        long head = (1 + modules) * ParameterCount.HeadMatrix(model).Matrices;
        double attention = (layers + modules) * AttentionForward(model.Attention, model.AttentionContext(sequence), causal).Value;
        return new(new(6.0 * linear), new(6.0 * head), new(3.0 * attention));
    }

    /// <summary>Scores and values of one token in one layer, forward: 2 * s * nh * (d_qk + d_v), half of it where causal; s is the attention's context.</summary>
    public static Flops AttentionForward(AttentionSpec attention, double context, bool causal) =>
        new(2.0 * context * attention.Heads * (attention.QueryKeyWidth + attention.ValueWidth) * (causal ? 0.5 : 1.0));

    private static long MtpMatrices(ModelSpec model) => ParameterCount.MtpFrame(model).Matrices
        + (model.MtpLayerKind == LayerKind.Moe ? ParameterCount.ActiveMoeLayer(model) : ParameterCount.DenseLayer(model)).Matrices;
}
