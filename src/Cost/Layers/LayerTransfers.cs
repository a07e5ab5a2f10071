using Planner.Cost.Traffic;

namespace Planner.Cost.Layers;

/// <summary>What one GPU sends for a layer, by kind of traffic.</summary>
/// <param name="Tensor">Tensor-parallel collectives.</param>
/// <param name="Context">Keys and values, or what the stack exchanges instead.</param>
/// <param name="Dispatch">Tokens to experts.</param>
/// <param name="Combine">Back.</param>
public readonly record struct LayerTransfers(Transfer Tensor, Transfer Context, Transfer Dispatch, Transfer Combine)
{
    public static LayerTransfers operator +(LayerTransfers a, LayerTransfers b) =>
        new(a.Tensor + b.Tensor, a.Context + b.Context, a.Dispatch + b.Dispatch, a.Combine + b.Combine);

    public static LayerTransfers operator *(double n, LayerTransfers a) => new(n * a.Tensor, n * a.Context, n * a.Dispatch, n * a.Combine);
}
