using Planner.Cost.Layout;

namespace Planner.Search;

/// <summary>A legal layout with its bound, small enough to keep hundreds of thousands. Indices point into the table's space.</summary>
internal readonly record struct ScoredLayout(
    double Bound,
    int Data,
    int Context,
    short Pipeline,
    short Chunks,
    short Expert,
    short Tensor,
    int MicroBatch,
    byte Schedule,
    byte Recompute,
    byte Sharding) : IComparable<ScoredLayout>
{
    // Order by bound, then by what is simpler: the same order on every machine.
    public int CompareTo(ScoredLayout other)
    {
        var order = Bound.CompareTo(other.Bound);
        if (order != 0) return order;
        order = Key.CompareTo(other.Key);
        return order;
    }

    private (int, int, int, int, int, int, int, int, int) Key =>
        (Tensor, Context, Pipeline, Chunks, Schedule, MicroBatch, Expert, Recompute, Sharding);

    public LayoutSpec ToLayout(SearchSpace space, int globalBatch) => new(
        new Degrees(Data, Tensor, Pipeline, Expert, Context, Chunks),
        MicroBatch,
        globalBatch / (Data * MicroBatch),
        space.Schedules[Schedule],
        space.Policies[Recompute],
        (Sharding)Sharding);
}
