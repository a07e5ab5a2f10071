using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// Layers that cost the same, as the relaxation counts them: dense ones and those behind them, or, where layers differ in a few ways, the kinds of
/// them. Where they differ in many ways the first two stand for them with what they cost in the mean.
/// </summary>
internal sealed class LayerGroups
{
    private const int MostKinds = 6;
    private readonly PlacementProblem problem;

    // Empty without kinds: the kind of every layer, and by kind its parts.
    private readonly int[] kindOf = [];
    private readonly double[][] parts = [];
    private readonly int[] totals;

    public LayerGroups(PlacementProblem problem)
    {
        this.problem = problem;
        totals = [problem.DenseLayers, problem.MoeLayers];
        if (problem.Sequence is not { } sequence) return;
        ItemCost[] kinds = [.. sequence.Layers.Distinct().Take(MostKinds + 1)];
        if (kinds.Length > MostKinds) return;
        kindOf = [.. sequence.Layers.Select(layer => Array.IndexOf(kinds, layer))];
        totals = [.. kinds.Select((_, kind) => kindOf.Count(other => other == kind))];
        parts = [.. kinds.Select(kind => Enumerable.Range(0, LayerParts.Count).Select(part => (double)LayerParts.Of(kind, 1, part)).ToArray())];
    }

    /// <summary>Layers are counted by kind.</summary>
    public bool Kinds => parts.Length > 0;

    public int Count => totals.Length;

    /// <summary>Layers of a group.</summary>
    public int Total(int group) => totals[group];

    /// <summary>False where a stage holds none of a group. Every stage but the first holds a layer, so no dense one lies further back than there are of them.</summary>
    public bool Holds(int group, int stage) => Total(group) > 0 && (Kinds || group > 0 || stage <= problem.DenseLayers);

    /// <summary>What a line weighs of a layer on a stage.</summary>
    public double Weight(StageLine line, int group, int stage)
    {
        if (!Kinds) return group == 0 ? line.Dense[stage] : line.Moe[stage];
        var sum = 0.0;
        for (var part = 0; part < LayerParts.Count; part++) sum += line.Parts[(stage * LayerParts.Count) + part] * parts[group][part];
        return sum;
    }

    /// <summary>Ticks that a layer adds to a duration.</summary>
    public double Ticks(in DurationShare share, int group)
    {
        if (!Kinds) return group == 0 ? share.Dense : share.Moe;
        var sum = 0.0;
        for (var part = 0; part < LayerParts.Count; part++)
            if ((share.Parts & (1 << part)) != 0) sum += parts[group][part];
        return sum;
    }

    /// <summary>
    /// Of a kind: the layers of it among the first n, for every n, less a slope times n lie between two limits. The slopes are the kind's shares of all
    /// layers, of those in front and of those behind. Empty without kinds.
    /// </summary>
    public IEnumerable<(double Slope, double Least, double Most)> Along(int group)
    {
        if (!Kinds) return [];
        var (all, front) = (kindOf.Length, problem.DenseLayers);
        var inFront = kindOf.AsSpan(0, front).Count(group);
        double[] slopes = front == 0 || front == all
            ? [(double)Total(group) / all]
            : [(double)Total(group) / all, (double)inFront / front, (double)(Total(group) - inFront) / (all - front)];
        return slopes.Distinct().Select(slope =>
        {
            var (held, least, most) = (0, 0.0, 0.0);
            for (var n = 1; n <= all; n++)
            {
                if (kindOf[n - 1] == group) held++;
                (least, most) = (Math.Min(least, held - (slope * n)), Math.Max(most, held - (slope * n)));
            }

            return (slope, least, most);
        });
    }

    /// <summary>Whole layers; not replayed.</summary>
    public StageFractions Of(ReadOnlySpan<StageContent> contents)
    {
        double[][] held = [.. Enumerable.Range(0, Count).Select(_ => new double[problem.Stages])];
        var layer = 0;
        for (var stage = 0; stage < contents.Length; stage++)
        {
            if (!Kinds) (held[0][stage], held[1][stage]) = (contents[stage].Dense, contents[stage].Moe);
            else
                for (var end = layer + contents[stage].Dense + contents[stage].Moe; layer < end; layer++) held[kindOf[layer]][stage]++;
        }

        return new StageFractions(held, double.MaxValue);
    }
}
