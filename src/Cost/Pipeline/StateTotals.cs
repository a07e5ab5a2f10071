using System.Collections.Immutable;
using Planner.Cost.Layout;

namespace Planner.Cost.Pipeline;

/// <summary>What the states of the whole model cost under some degrees and sharding, for bounds. Ticks and KiB.</summary>
/// <param name="Sync">Gradient reduction and update, summed over the model, a step.</param>
/// <param name="MicroBatchForward">Exposed sharded traffic of a micro-batch's forward, summed; rounded down.</param>
/// <param name="MicroBatchBackward">Likewise backward.</param>
/// <param name="ForwardShare">Smallest share of forward in forward and backward over the parts, that traffic included; 1 where there is none.</param>
/// <param name="LayerKib">States of a layer of the main kind (MoE where there is one); the mean where they differ, rounded down.</param>
/// <param name="Layers">Layers of the main kind.</param>
public readonly record struct StateTotals(double Sync, double MicroBatchForward, double MicroBatchBackward, double ForwardShare, long LayerKib, int Layers)
{
    /// <summary>What the states of any layers of the main kind in a row may be less than as many means; 0 where they are alike.</summary>
    public long ShortKib { get; init; }

    /// <summary>The same where stages follow one of several recompute policies: the least of them, since what hides depends on the backward pass.</summary>
    public static StateTotals Of(CostModel model, ModelWork work, Degrees degrees, int copies, Sharding sharding) => work.Levels.IsEmpty
        ? Of(model, work.Parts, work.Counted, degrees, copies, sharding)
        : work.Levels.Select(level => Of(model, level.Parts, level.Counted, degrees, copies, sharding)).Aggregate(static (a, b) => new StateTotals(
            Math.Min(a.Sync, b.Sync),
            Math.Min(a.MicroBatchForward, b.MicroBatchForward),
            Math.Min(a.MicroBatchBackward, b.MicroBatchBackward),
            Math.Min(a.ForwardShare, b.ForwardShare),
            a.LayerKib,
            a.Layers)
        { ShortKib = a.ShortKib });

    public static StateTotals Of(CostModel model, ModelParts parts, Degrees degrees, int copies, Sharding sharding) =>
        Of(model, parts, CountedPart.Of(model.Model, parts), degrees, copies, sharding);

    private static StateTotals Of(
        CostModel model, ModelParts parts, ImmutableArray<CountedPart> counted, Degrees degrees, int copies, Sharding sharding)
    {
        var states = new StateCosts(model, degrees, copies, sharding);
        double sync = 0, forward = 0, backward = 0, share = 1;
        foreach (var (part, count, _) in counted)
        {
            var cost = states.Sync(part);
            sync += count * (double)(StateCosts.Tick(cost.Reduce) + StateCosts.Tick(cost.Gather) + StateCosts.Tick(cost.Optimizer));

            // A sum rounded once may be a tick below its rounded terms.
            var (f, b) = (StateCosts.Tick(cost.ShownForward), StateCosts.Tick(cost.ShownBackward));
            forward += count * (double)Math.Max(0, f - 1);
            backward += count * (double)Math.Max(0, b - 1);
            if (f + b == 0) continue;
            var partForward = StateCosts.Tick(part.Forward) + Math.Max(0, f - 1);
            share = Math.Min(share, partForward / (double)(partForward + StateCosts.Tick(part.BackwardInput) + StateCosts.Tick(part.Weight) + b + 2));
        }

        var shapes = model.Model.Shapes;
        var kib = Kib(shapes.Main[0]);
        if (shapes.Main.Length == 1) return new StateTotals(sync, forward, backward, share, kib, shapes.MainNumbers.Length);
        long[] all = [.. parts.Shapes.Select((_, shape) => Kib(shape))];
        var mean = shapes.MainNumbers.Sum(number => all[number]) / shapes.MainNumbers.Length;
        var (above, highest, deepest) = (0L, 0L, 0L);
        foreach (var number in shapes.MainNumbers)
        {
            above += all[number] - mean;
            deepest = Math.Max(deepest, highest - above);
            highest = Math.Max(highest, above);
        }

        return new StateTotals(sync, forward, backward, share, mean, shapes.MainNumbers.Length) { ShortKib = deepest };

        long Kib(int shape) => StateCosts.Kib(model.Stack.Memory.AllocatorOverhead * states.Memory(parts.Shapes[shape].Elements).Total);
    }
}
