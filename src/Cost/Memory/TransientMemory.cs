using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Cost.Memory;

/// <summary>Bytes on one GPU that are needed for a moment beyond what forward keeps for backward.</summary>
internal static class TransientMemory
{
    // What these restore is needed one at a time and freed at once; the other modules rebuild a whole part of the layer.
    private const RecomputeModules Restored = RecomputeModules.LayerNorm | RecomputeModules.MlaUpProjection | RecomputeModules.Activation;

    /// <summary>Fullest moment of a layer's backward: gradients of its widest part, and what recomputation brings back.</summary>
    public static double Layer(in LayerSetting at, LayerKind kind, bool fp8, double load)
    {
        var whole = at with { Recompute = new RecomputePolicy(at.Recompute.Name, at.Recompute.Modules & Restored) };
        var again = ActivationMemory.Layer(whole, kind, fp8, load).On(at) - ActivationMemory.Layer(at, kind, fp8, load).On(at);
        return again + (kind == LayerKind.Moe ? Moe(at, load) : Dense(at));
    }

    // Behind the activation function: the gradient of the product is there, that of the first matrices' result is written, and the product itself,
    // where it was kept, is gone. So one more product than the result's gradient where the product was not kept. Beside them the residual's gradient.
    private static double Dense(in LayerSetting at)
    {
        var mlp = at.Model.DenseMlp!;
        double widths = mlp.InputColumns + (at.Recompute.Has(RecomputeModules.Activation) ? mlp.Width : 0);
        return at.Stack.ElementBytes * ((at.Hidden * at.Own) + (widths * at.Tokens / at.Tensor));
    }

    // Gradients of the experts' results and inputs, of gate, up and their product, a row for every expert of a token.
    private static double Moe(in LayerSetting at, double load) => at.Stack.ElementBytes
        * at.Model.Moe!.TopK * load * ((2 * at.Hidden) + (3 * at.Model.Moe.ExpertWidth)) * at.Tokens / at.Tensor;

    /// <summary>
    /// Head and loss: the loss at its fullest, or the head's backward: gradient of the logits, the unused weight gradient of fused accumulation,
    /// and over all tokens the gradient of the input and with sequence parallelism the input gathered again.
    /// </summary>
    public static double Head(in LayerSetting at, bool trained)
    {
        var memory = at.Stack.Memory;
        var logits = at.Tokens * at.Model.Vocabulary / at.Tensor;
        var loss = memory.LossBytes * logits;
        if (!memory.DummyGradients || !trained) return loss;
        var gathered = at.Stack.SequenceParallel && at.Tensor > 1 ? 2 : 1;
        return Math.Max(loss, at.Stack.ElementBytes
            * (logits + (at.Hidden * at.Model.Vocabulary / at.Tensor) + (gathered * at.Hidden * at.Tokens)));
    }
}
