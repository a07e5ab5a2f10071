namespace Planner.Cost.Pipeline;

/// <summary>What one item (a layer, the embedding, the head) adds to the stage that holds it. Times in ticks, memory in KiB.</summary>
/// <param name="Forward">Forward alone, exposed traffic included.</param>
/// <param name="BackwardInput">Input gradient alone, exposed traffic included.</param>
/// <param name="Weight">Weight gradient.</param>
/// <param name="PairForwardCompute">Forward's compute inside an overlapped pair, overhead included.</param>
/// <param name="PairForwardTraffic">Forward's traffic inside an overlapped pair.</param>
/// <param name="PairBackwardCompute">Full backward's compute inside an overlapped pair, overhead included.</param>
/// <param name="PairBackwardTraffic">Full backward's traffic inside an overlapped pair.</param>
/// <param name="ReduceGradients">Exposed gradient reduction at the end of the step.</param>
/// <param name="Update">Optimizer and exposed gathering of parameters.</param>
/// <param name="StaticKib">Weights, gradients, optimizer states.</param>
/// <param name="ActivationKib">Kept from forward to backward, a micro-batch in flight.</param>
public readonly record struct ItemCost(
    long Forward,
    long BackwardInput,
    long Weight,
    long PairForwardCompute,
    long PairForwardTraffic,
    long PairBackwardCompute,
    long PairBackwardTraffic,
    long ReduceGradients,
    long Update,
    long StaticKib,
    long ActivationKib)
{
    public static ItemCost operator +(ItemCost a, ItemCost b) => new(
        a.Forward + b.Forward,
        a.BackwardInput + b.BackwardInput,
        a.Weight + b.Weight,
        a.PairForwardCompute + b.PairForwardCompute,
        a.PairForwardTraffic + b.PairForwardTraffic,
        a.PairBackwardCompute + b.PairBackwardCompute,
        a.PairBackwardTraffic + b.PairBackwardTraffic,
        a.ReduceGradients + b.ReduceGradients,
        a.Update + b.Update,
        a.StaticKib + b.StaticKib,
        a.ActivationKib + b.ActivationKib);

    public static ItemCost operator *(int n, ItemCost a) => new(
        n * a.Forward,
        n * a.BackwardInput,
        n * a.Weight,
        n * a.PairForwardCompute,
        n * a.PairForwardTraffic,
        n * a.PairBackwardCompute,
        n * a.PairBackwardTraffic,
        n * a.ReduceGradients,
        n * a.Update,
        n * a.StaticKib,
        n * a.ActivationKib);
}
