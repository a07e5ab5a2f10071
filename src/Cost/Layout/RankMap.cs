namespace Planner.Cost.Layout;

/// <summary>Where a GPU stands in each parallel dimension.</summary>
public readonly record struct RankPlace(int Data, int Context, int Tensor, int Pipeline);

/// <summary>
/// Global ranks of a layout. Tensor varies fastest, then context, data, pipeline (Megatron's order tp-cp-dp-pp); ranks fill
/// nodes in order. Expert-parallel groups are runs of data x context places with one tensor and one pipeline place, or folded, runs of a stage's ranks.
/// </summary>
/// <param name="Degrees">Parallel degrees.</param>
/// <param name="GpusPerNode">GPUs of a node.</param>
/// <param name="FoldedExperts">Tensor ranks are members of the same expert group.</param>
public sealed record RankMap(Degrees Degrees, int GpusPerNode, bool FoldedExperts = false)
{
    public int Ranks => Degrees.Gpus;

    public int Nodes => (Ranks + GpusPerNode - 1) / GpusPerNode;

    public int RankOf(RankPlace place) =>
        place.Tensor + (Degrees.Tensor * (place.Context + (Degrees.Context * (place.Data + (Degrees.Data * place.Pipeline)))));

    public RankPlace PlaceOf(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, Ranks);
        var (rest, tensor) = Math.DivRem(rank, Degrees.Tensor);
        (rest, int context) = Math.DivRem(rest, Degrees.Context);
        var (pipeline, data) = Math.DivRem(rest, Degrees.Data);
        return new(data, context, tensor, pipeline);
    }

    public int NodeOf(int rank) => rank / GpusPerNode;

    /// <summary>Place inside the node.</summary>
    public int GpuOf(int rank) => rank % GpusPerNode;

    /// <summary>Place inside the expert-parallel group: (data * cp + context) mod ep, or folded, the rank mod ep.</summary>
    public int ExpertPlaceOf(int rank) => (FoldedExperts ? rank : DataContextOf(rank)) % Degrees.Expert;

    /// <summary>Number of the expert-parallel group; its members share the pipeline place and, unless folded, the tensor place.</summary>
    public int ExpertGroupOf(int rank)
    {
        if (FoldedExperts) return rank / Degrees.Expert;
        var place = PlaceOf(rank);
        int groups = Degrees.Data * Degrees.Context / Degrees.Expert;
        return place.Tensor + (Degrees.Tensor * ((DataContextOf(rank) / Degrees.Expert) + (groups * place.Pipeline)));
    }

    private int DataContextOf(int rank)
    {
        var place = PlaceOf(rank);
        return (place.Data * Degrees.Context) + place.Context;
    }
}
