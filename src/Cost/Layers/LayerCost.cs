using Planner.Cost.Memory;

namespace Planner.Cost.Layers;

/// <summary>What one layer (or embedding, or head) costs for one micro-batch on one GPU, whatever the pipeline and the data-parallel degree. Seconds and bytes.</summary>
/// <param name="Forward">Alone: compute and the traffic that shows.</param>
/// <param name="BackwardInput">Input gradient alone.</param>
/// <param name="Weight">Weight gradient alone.</param>
/// <param name="PairForwardCompute">Forward's compute in an overlapped pair, with traffic that compute waits for.</param>
/// <param name="PairBackwardCompute">Input and weight gradient, likewise.</param>
/// <param name="PairForwardTraffic">Forward's expert traffic in a pair: its busiest link.</param>
/// <param name="PairBackwardTraffic">Backward's.</param>
/// <param name="Communication">All traffic of forward and backward alone, hidden or not.</param>
/// <param name="Activations">Bytes kept from forward to backward.</param>
/// <param name="Transient">Bytes needed for a moment.</param>
/// <param name="Elements">Parameters on the GPU.</param>
public readonly record struct LayerCost(
    double Forward,
    double BackwardInput,
    double Weight,
    double PairForwardCompute,
    double PairBackwardCompute,
    double PairForwardTraffic,
    double PairBackwardTraffic,
    double Communication,
    double Activations,
    double Transient,
    LayerElements Elements)
{
    /// <summary>Forward alone if traffic took no time: compute, or the host's launches where these are longer.</summary>
    public double ForwardCompute { get; init; }

    /// <summary>Input gradient alone, likewise.</summary>
    public double BackwardInputCompute { get; init; }

    /// <summary>Traffic in <see cref="PairForwardCompute"/>: what compute waits for.</summary>
    public double PairForwardWait { get; init; }

    /// <summary>Traffic in <see cref="PairBackwardCompute"/>.</summary>
    public double PairBackwardWait { get; init; }

    public static LayerCost operator +(LayerCost a, LayerCost b) => new(
        a.Forward + b.Forward,
        a.BackwardInput + b.BackwardInput,
        a.Weight + b.Weight,
        a.PairForwardCompute + b.PairForwardCompute,
        a.PairBackwardCompute + b.PairBackwardCompute,
        a.PairForwardTraffic + b.PairForwardTraffic,
        a.PairBackwardTraffic + b.PairBackwardTraffic,
        a.Communication + b.Communication,
        a.Activations + b.Activations,
        Math.Max(a.Transient, b.Transient),
        a.Elements + b.Elements)
    {
        ForwardCompute = a.ForwardCompute + b.ForwardCompute,
        BackwardInputCompute = a.BackwardInputCompute + b.BackwardInputCompute,
        PairForwardWait = a.PairForwardWait + b.PairForwardWait,
        PairBackwardWait = a.PairBackwardWait + b.PairBackwardWait,
    };
}

/// <summary>What a layer's cost depends on.</summary>
public readonly record struct LayerKey(int Tensor, int Context, int Expert, int MicroBatch, Layout.RecomputePolicy Recompute)
{
    /// <summary>The pipeline is one in which the stack hides nothing of the expert exchange.</summary>
    public bool ExchangeWaits { get; init; }
}
