using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// What states cost under some degrees, by sharding, copies and whether ranks hold chunks; found when first asked for. Unless transfers hide beside
/// compute, other recompute policies and micro-batch sizes change none of it but the share of the forward, where traffic shows in every micro-batch.
/// </summary>
internal sealed class DegreesStates(CostModel model)
{
    private const int MostCopies = 2;
    private static readonly int Shardings = Enum.GetValues<Sharding>().Length;
    private readonly StateTotals[] totals = new StateTotals[2 * MostCopies * Shardings];
    private readonly bool[] ready = new bool[2 * MostCopies * Shardings];

    /// <summary>Another size of micro-batches.</summary>
    public void Resize()
    {
        for (var i = 0; i < ready.Length; i++) ready[i] &= totals[i].ForwardShare == 1;
    }

    /// <summary>Another recompute policy: what hides beside the backward pass depends on what that recomputes.</summary>
    public void Recompute()
    {
        if (model.Stack.Exposed.HidesBesideCompute) Array.Clear(ready);
    }

    public ref readonly StateTotals Of(ModelWork work, Degrees degrees, bool chunks, int copies, Sharding sharding)
    {
        var i = ((((chunks ? 1 : 0) * MostCopies) + copies - 1) * Shardings) + (int)sharding;
        if (!ready[i]) (totals[i], ready[i]) = (StateTotals.Of(model, work, degrees, copies, sharding), true);
        return ref totals[i];
    }
}
