namespace Planner.Cost.Pipeline;

/// <summary>
/// What the parts of a model cost on a stage that follows one of several recompute policies. Only what the backward pass computes again differs:
/// embedding and hand-overs cost the same under every policy.
/// </summary>
/// <param name="Dense">A dense layer.</param>
/// <param name="Moe">A layer behind the dense ones.</param>
/// <param name="MtpOnLast">The MTP module on the last stage.</param>
/// <param name="MtpBeforeLast">The MTP module on the stage before the last.</param>
/// <param name="Head">The output head, without its transients.</param>
/// <param name="TransientKib">What a layer's backward needs for a moment, beyond what it needs at least under any of the policies.</param>
/// <param name="HeadTransientKib">What the head needs beyond that.</param>
public sealed record RecomputeLevel(
    ItemCost Dense, ItemCost Moe, ItemCost MtpOnLast, ItemCost MtpBeforeLast, ItemCost Head, long TransientKib, long HeadTransientKib)
{
    /// <summary>The layers one by one, where those of a section differ.</summary>
    public LayerSequence? Sequence { get; init; }
}
