namespace Planner.Cost.Layers;

/// <summary>What one pass (forward, input gradient or weight gradient) of a layer asks of a GPU, by the resource that limits it.</summary>
/// <param name="Gemm">Seconds of matrix multiplies, alone on all SMs.</param>
/// <param name="Attention">Seconds of fused attention, alone on all SMs.</param>
/// <param name="Bytes">HBM bytes of element-wise kernels.</param>
/// <param name="Kernels">Kernels launched.</param>
public readonly record struct PassWork(double Gemm, double Attention, double Bytes, int Kernels)
{
    public static PassWork operator +(PassWork a, PassWork b) =>
        new(a.Gemm + b.Gemm, a.Attention + b.Attention, a.Bytes + b.Bytes, a.Kernels + b.Kernels);
}

/// <summary>The three passes of a layer.</summary>
public readonly record struct LayerWork(PassWork Forward, PassWork BackwardInput, PassWork Weight)
{
    public static LayerWork operator +(LayerWork a, LayerWork b) =>
        new(a.Forward + b.Forward, a.BackwardInput + b.BackwardInput, a.Weight + b.Weight);
}
