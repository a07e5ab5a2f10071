using Planner.Cost.Hardware;
using Planner.Cost.Kernels;

namespace Planner.Cost.Layers;

/// <summary>Adds up the kernels of a layer. Bytes of casts and re-layouts follow 1x128 scaling of activations (FP8 training).</summary>
/// <param name="rates">Kernels.</param>
/// <param name="precision">Of the linear layers.</param>
/// <param name="trainable">What is trained.</param>
/// <param name="dynamicScales">Tensors are read once more for their largest element before they are quantised.</param>
/// <param name="wide">Bytes of an element over those of 16 bits; callers give bytes as if elements had 16.</param>
internal sealed class LayerWorkBuilder(ComputeRates rates, Precision precision, Trainable trainable, bool dynamicScales = false, double wide = 1)
{
    private const double AdapterRank = 16;

    private PassWork forward;
    private PassWork backward;
    private PassWork weight;
    private double last;

    // Reading a BF16 tensor for its largest element, bytes an element.
    private readonly double scan = dynamicScales ? 2 : 0;

    public Precision Precision => precision;

    public LayerWork Work => new(forward, backward, weight);

    /// <summary>The same kernels, to which others may be added.</summary>
    public LayerWorkBuilder Copy() => (LayerWorkBuilder)MemberwiseClone();

    /// <summary>A linear layer of groups independent weights: three GEMMs, and FP32 accumulation of its weight gradient.</summary>
    /// <param name="groups">Weights of one call (experts).</param>
    /// <param name="rows">Tokens a weight.</param>
    /// <param name="input">Input width.</param>
    /// <param name="output">Output width.</param>
    /// <param name="at">Precision; null takes the layer's.</param>
    /// <param name="recompute">The backward pass runs the forward GEMM again.</param>
    public void Linear(double groups, double rows, double input, double output, Precision? at = null, bool recompute = false)
    {
        if (rows <= 0) return;
        var p = at ?? precision;
        var launch = rates.Groups(groups);
        var once = rates.Gemm(p, groups, rows, output, input) + launch;
        last = once;
        forward += new PassWork(once, 0, 0, 1);
        backward += new PassWork(rates.Gemm(p, groups, rows, input, output) + launch + (recompute ? once : 0), 0, 0, recompute ? 2 : 1);
        if (trainable == Trainable.All)
            weight += new PassWork(rates.Gemm(p, groups, output, input, rows, 0) + rates.Accumulate(p, groups * input * output), 0, 0, 1);
        if (!p.Quantised()) return;

        // The gradient of the output is quantised twice (1x128 for the input gradient, 128x1 for the weight gradient) from BF16.
        backward += new PassWork(0, 0, (4 + scan) * groups * rows * output, 1);

        // The kept FP8 input is read and laid out 128x1 for the weight gradient.
        if (trainable == Trainable.All) weight += new PassWork(0, 0, 2 * groups * rows * input, 1);
    }

    /// <summary>The backward pass runs once more a product that is part of a linear layer.</summary>
    public void Again(double rows, double input, double output) => backward += new PassWork(rates.Gemm(precision, 1, rows, output, input), 0, 0, 1);

    /// <summary>The low-rank adapter beside a frozen linear layer, bound by bytes: reads the input, adds to the output; backward the same and two small gradients.</summary>
    public void Adapter(double rows, double input, double output)
    {
        if (trainable != Trainable.Lora) return;
        var latent = 2 * rows * AdapterRank;
        forward += new PassWork(0, 0, (2 * rows * input) + (6 * rows * output) + (2 * latent), 3);
        backward += new PassWork(0, 0, (8 * rows * input) + (4 * rows * output) + (4 * latent), 5);
    }

    /// <summary>Batched products of activations (no weights): the product forward, one for each input backward.</summary>
    /// <param name="groups">Products of one call (heads).</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="depth">Inner dimension.</param>
    /// <param name="width">Width of a head: where its elements start.</param>
    /// <param name="recompute">The backward pass runs the forward again.</param>
    public void Product(double groups, double rows, double columns, double depth, int width, bool recompute)
    {
        var once = rates.Product(groups, rows, columns, depth, width);
        var back = rates.Product(groups, rows, depth, columns, width) + rates.Product(groups, columns, depth, rows, width);
        forward += new PassWork(once, 0, 0, 1);
        backward += new PassWork(back + (recompute ? once : 0), 0, 0, recompute ? 3 : 2);
    }

    /// <summary>Quantises a GEMM input of so many elements from BF16 to FP8, forward (and again where it is recomputed).</summary>
    public void Quantise(double elements, bool recompute)
    {
        if (!precision.Quantised()) return;
        forward += new PassWork(0, 0, (3 + scan) * elements, 1);
        if (recompute) backward += new PassWork(0, 0, (3 + scan) * elements, 1);
    }

    /// <summary>Element-wise kernels by their bytes.</summary>
    /// <param name="forwardBytes">Read and written forward.</param>
    /// <param name="backwardBytes">Read and written backward.</param>
    /// <param name="recompute">Forward bytes move again in the backward pass.</param>
    public void Elementwise(double forwardBytes, double backwardBytes, bool recompute = false)
    {
        forward += new PassWork(0, 0, wide * forwardBytes, 1);
        backward += new PassWork(0, 0, wide * (backwardBytes + (recompute ? forwardBytes : 0)), recompute ? 2 : 1);
    }

    /// <summary>An element-wise kernel that only the backward pass has.</summary>
    public void Backward(double bytes) => backward += new PassWork(0, 0, wide * bytes, 1);

    /// <summary>Fused attention of so many forward FLOPs over sequences of so many keys, heads of a width.</summary>
    public void Attention(double flops, double keys, int width, bool recompute)
    {
        var once = rates.AttentionForward(flops, keys, width);
        forward += new PassWork(0, once, 0, 1);
        backward += new PassWork(0, rates.AttentionBackward(flops, keys, width) + (recompute ? once : 0), 0, recompute ? 2 : 1);
    }

    /// <summary>The backward pass runs the forward again, all of it or all but its last matrix multiply (where nothing follows it but the residual).</summary>
    public void RecomputeAll(bool butLast)
    {
        backward += forward;
        if (butLast) backward += new PassWork(-last, 0, 0, -1);
    }
}
