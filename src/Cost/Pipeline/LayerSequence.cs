using System.Collections.Immutable;

namespace Planner.Cost.Pipeline;

/// <summary>
/// The layers of a model one by one as integers, where those of a section (dense ones in front, the others behind) are not all alike. A stage costs
/// what its layers cost; a search that knows only how many layers a stage holds has the least that so many in a row cost, and, linear in their
/// number, the mean of the section less what any run of layers may fall short of it.
/// </summary>
public sealed class LayerSequence
{
    // Runs are compared one by one up to so many layers a section; beyond it the linear bound stands for the least.
    private const int MostCompared = 512;

    private readonly ItemCost[] before;
    private readonly Lazy<ItemCost[]> leastInFront;
    private readonly Lazy<ItemCost[]> leastBehind;

    /// <param name="layers">Every layer, first to last.</param>
    /// <param name="front">How many of them are in front.</param>
    public LayerSequence(ImmutableArray<ItemCost> layers, int front)
    {
        Layers = layers;
        InFront = front;
        before = new ItemCost[layers.Length + 1];
        for (var i = 0; i < layers.Length; i++) before[i + 1] = before[i] + layers[i];
        (Front, var shortFront) = Linear(0, front);
        (Behind, var shortBehind) = Linear(front, layers.Length);
        Short = shortFront + shortBehind;
        leastInFront = new Lazy<ItemCost[]>(() => Least(0, front, Front));
        leastBehind = new Lazy<ItemCost[]>(() => Least(front, layers.Length, Behind));
    }

    /// <summary>Every layer, first to last.</summary>
    public ImmutableArray<ItemCost> Layers { get; }

    /// <summary>How many of them are in front.</summary>
    public int InFront { get; }

    /// <summary>A layer in front: the mean of them, rounded down.</summary>
    public ItemCost Front { get; }

    /// <summary>A layer behind, likewise.</summary>
    public ItemCost Behind { get; }

    /// <summary>What the layers of a stage may cost less than as many means, at most.</summary>
    public ItemCost Short { get; }

    /// <summary>Layer by layer the least of several sequences.</summary>
    public static LayerSequence Least(IReadOnlyList<LayerSequence> sequences) => new(
        [.. Enumerable.Range(0, sequences[0].Layers.Length).Select(i => sequences.Select(sequence => sequence.Layers[i]).Aggregate(static (a, b) => ItemCost.Least(a, b)))],
        sequences[0].InFront);

    /// <summary>So many layers in a row.</summary>
    public ItemCost Run(int first, int count) => before[first + count] - before[first];

    /// <summary>
    /// The least that so many layers in a row cost, component by component: those in front are the last ones of them where layers behind follow. Layers
    /// beyond those there are, which a trial may count for a moment, are means.
    /// </summary>
    public ItemCost Least(int inFront, int behind)
    {
        var (a, b) = (Math.Min(inFront, InFront), Math.Min(behind, Layers.Length - InFront));
        var least = a > 0 && b > 0 ? Run(InFront - a, a + b) : a > 0 ? leastInFront.Value[a] : leastBehind.Value[b];
        return inFront + behind == a + b ? least : least + ((inFront - a) * Front) + ((behind - b) * Behind);
    }

    private ItemCost[] Least(int first, int end, ItemCost mean)
    {
        var least = new ItemCost[end - first + 1];
        ItemCost most = default;
        for (var i = first; i < end; i++) most = ItemCost.Most(most, Layers[i]);
        for (var count = 1; count < least.Length; count++)
        {
            if (least.Length > MostCompared)
            {
                least[count] = ItemCost.Most(default, (count * mean) - Short) with { HiddenForward = count * most.HiddenForward, HiddenBackward = count * most.HiddenBackward };
                continue;
            }

            least[count] = Run(first, count);
            for (var from = first + 1; from + count <= end; from++) least[count] = ItemCost.Least(least[count], Run(from, count));
        }

        return least;
    }

    // The mean and what a run falls short of it at most: the deepest fall of the sum of deviations from one layer to a later one.
    private (ItemCost Mean, ItemCost Short) Linear(int first, int end)
    {
        if (first == end) return default;
        var mean = Run(first, end - first).DividedBy(end - first);
        var (highest, deepest) = (default(ItemCost), default(ItemCost));
        for (var count = 1; count <= end - first; count++)
        {
            var above = Run(first, count) - (count * mean);
            deepest = ItemCost.Most(deepest, highest - above);
            highest = ItemCost.Most(highest, above);
        }

        return (mean, deepest with { HiddenForward = 0, HiddenBackward = 0 });
    }
}
