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
    /// <summary>
    /// What a pair in which it is the forward takes less than both alone, with the backward of a layer of the main kind at its side. A pair of two
    /// stages hides no more than the layers of either can: seven layers' traffic does not hide beside one layer.
    /// </summary>
    public long HiddenForward { get; init; }

    /// <summary>The same in which it is the backward.</summary>
    public long HiddenBackward { get; init; }

    /// <summary>Needed for a moment; of several items on a rank the largest counts.</summary>
    public long TransientKib { get; init; }

    /// <summary>Component by component the smaller.</summary>
    public static ItemCost Least(ItemCost a, ItemCost b) => new(
        Math.Min(a.Forward, b.Forward),
        Math.Min(a.BackwardInput, b.BackwardInput),
        Math.Min(a.Weight, b.Weight),
        Math.Min(a.PairForwardCompute, b.PairForwardCompute),
        Math.Min(a.PairForwardTraffic, b.PairForwardTraffic),
        Math.Min(a.PairBackwardCompute, b.PairBackwardCompute),
        Math.Min(a.PairBackwardTraffic, b.PairBackwardTraffic),
        Math.Min(a.ReduceGradients, b.ReduceGradients),
        Math.Min(a.Update, b.Update),
        Math.Min(a.StaticKib, b.StaticKib),
        Math.Min(a.ActivationKib, b.ActivationKib))
    {
        HiddenForward = Math.Max(a.HiddenForward, b.HiddenForward),
        HiddenBackward = Math.Max(a.HiddenBackward, b.HiddenBackward),
        TransientKib = Math.Min(a.TransientKib, b.TransientKib),
    };

    /// <summary>Component by component the larger.</summary>
    public static ItemCost Most(in ItemCost a, in ItemCost b) => new(
        Math.Max(a.Forward, b.Forward),
        Math.Max(a.BackwardInput, b.BackwardInput),
        Math.Max(a.Weight, b.Weight),
        Math.Max(a.PairForwardCompute, b.PairForwardCompute),
        Math.Max(a.PairForwardTraffic, b.PairForwardTraffic),
        Math.Max(a.PairBackwardCompute, b.PairBackwardCompute),
        Math.Max(a.PairBackwardTraffic, b.PairBackwardTraffic),
        Math.Max(a.ReduceGradients, b.ReduceGradients),
        Math.Max(a.Update, b.Update),
        Math.Max(a.StaticKib, b.StaticKib),
        Math.Max(a.ActivationKib, b.ActivationKib))
    {
        HiddenForward = Math.Max(a.HiddenForward, b.HiddenForward),
        HiddenBackward = Math.Max(a.HiddenBackward, b.HiddenBackward),
        TransientKib = Math.Max(a.TransientKib, b.TransientKib),
    };

    /// <summary>One of so many equal parts, rounded down.</summary>
    public ItemCost DividedBy(int parts) => new(
        Forward / parts,
        BackwardInput / parts,
        Weight / parts,
        PairForwardCompute / parts,
        PairForwardTraffic / parts,
        PairBackwardCompute / parts,
        PairBackwardTraffic / parts,
        ReduceGradients / parts,
        Update / parts,
        StaticKib / parts,
        ActivationKib / parts)
    {
        HiddenForward = HiddenForward / parts,
        HiddenBackward = HiddenBackward / parts,
        TransientKib = TransientKib,
    };

    /// <summary>With what it hides in a pair with a layer.</summary>
    public ItemCost Beside(in ItemCost layer) => this with
    {
        HiddenForward = Math.Max(0, Forward + layer.BackwardInput + layer.Weight
            - Math.Max(PairForwardCompute + layer.PairBackwardCompute, PairForwardTraffic + layer.PairBackwardTraffic)),
        HiddenBackward = Math.Max(0, layer.Forward + BackwardInput + Weight
            - Math.Max(layer.PairForwardCompute + PairBackwardCompute, layer.PairForwardTraffic + PairBackwardTraffic)),
    };

    /// <summary>
    /// An overlapped pair of one stage's forward and another's backward: its compute or its traffic, whichever is longer, and no less than both alone
    /// without what the smaller of the two can hide.
    /// </summary>
    public static long Pair(in ItemCost forward, in ItemCost backward) => Math.Max(
        LeastPair(forward, backward),
        forward.Forward + backward.BackwardInput + backward.Weight - Math.Min(forward.HiddenForward, backward.HiddenBackward));

    /// <summary>The same with everything hidden; never falls when a stage gets another layer, as the pair itself may.</summary>
    public static long LeastPair(in ItemCost forward, in ItemCost backward) => Math.Max(
        forward.PairForwardCompute + backward.PairBackwardCompute, forward.PairForwardTraffic + backward.PairBackwardTraffic);

    public static ItemCost operator +(in ItemCost a, in ItemCost b) => new(
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
        a.ActivationKib + b.ActivationKib)
    {
        HiddenForward = a.HiddenForward + b.HiddenForward,
        HiddenBackward = a.HiddenBackward + b.HiddenBackward,
        TransientKib = Math.Max(a.TransientKib, b.TransientKib),
    };

    /// <summary>What is left of a sum; what is needed for a moment is not a sum and stays.</summary>
    public static ItemCost operator -(in ItemCost a, in ItemCost b) => new(
        a.Forward - b.Forward,
        a.BackwardInput - b.BackwardInput,
        a.Weight - b.Weight,
        a.PairForwardCompute - b.PairForwardCompute,
        a.PairForwardTraffic - b.PairForwardTraffic,
        a.PairBackwardCompute - b.PairBackwardCompute,
        a.PairBackwardTraffic - b.PairBackwardTraffic,
        a.ReduceGradients - b.ReduceGradients,
        a.Update - b.Update,
        a.StaticKib - b.StaticKib,
        a.ActivationKib - b.ActivationKib)
    {
        HiddenForward = a.HiddenForward - b.HiddenForward,
        HiddenBackward = a.HiddenBackward - b.HiddenBackward,
        TransientKib = a.TransientKib,
    };

    public static ItemCost operator *(int n, in ItemCost a) => new(
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
        n * a.ActivationKib)
    {
        HiddenForward = n * a.HiddenForward,
        HiddenBackward = n * a.HiddenBackward,
        TransientKib = n > 0 ? a.TransientKib : 0,
    };

    /// <summary>(n * a) + (m * b) + c in one go, for the counts of layers that a stage holds.</summary>
    public static ItemCost Sum(int n, in ItemCost a, int m, in ItemCost b, in ItemCost c) => new(
        (n * a.Forward) + (m * b.Forward) + c.Forward,
        (n * a.BackwardInput) + (m * b.BackwardInput) + c.BackwardInput,
        (n * a.Weight) + (m * b.Weight) + c.Weight,
        (n * a.PairForwardCompute) + (m * b.PairForwardCompute) + c.PairForwardCompute,
        (n * a.PairForwardTraffic) + (m * b.PairForwardTraffic) + c.PairForwardTraffic,
        (n * a.PairBackwardCompute) + (m * b.PairBackwardCompute) + c.PairBackwardCompute,
        (n * a.PairBackwardTraffic) + (m * b.PairBackwardTraffic) + c.PairBackwardTraffic,
        (n * a.ReduceGradients) + (m * b.ReduceGradients) + c.ReduceGradients,
        (n * a.Update) + (m * b.Update) + c.Update,
        (n * a.StaticKib) + (m * b.StaticKib) + c.StaticKib,
        (n * a.ActivationKib) + (m * b.ActivationKib) + c.ActivationKib)
    {
        HiddenForward = (n * a.HiddenForward) + (m * b.HiddenForward) + c.HiddenForward,
        HiddenBackward = (n * a.HiddenBackward) + (m * b.HiddenBackward) + c.HiddenBackward,
        TransientKib = Math.Max(Math.Max(n > 0 ? a.TransientKib : 0, m > 0 ? b.TransientKib : 0), c.TransientKib),
    };
}
