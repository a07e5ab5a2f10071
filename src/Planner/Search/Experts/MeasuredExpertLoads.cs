using System.Collections.Concurrent;
using Planner.Cost.Models;
using Planner.Cost.Traffic;

namespace Planner.Search.Experts;

/// <summary>Measured loads of the experts and their placement under every degree that somebody asks for. The answers do not depend on who asks first.</summary>
internal sealed class MeasuredExpertLoads : IExpertLoads
{
    private readonly MoeSpec moe;
    private readonly MeasuredLayers measured;
    private readonly bool pairs;
    private readonly ConcurrentDictionary<(ExpertShape, int), Lazy<ExpertPlacement>> placements;

    /// <param name="moe">Experts and router.</param>
    /// <param name="measured">Loads, by MoE layer.</param>
    /// <param name="extra">Copies of experts beyond the first.</param>
    public MeasuredExpertLoads(MoeSpec moe, MeasuredLayers measured, int extra)
        : this(moe, measured, extra, [])
    {
    }

    private MeasuredExpertLoads(MoeSpec moe, MeasuredLayers measured, int extra, IEnumerable<KeyValuePair<(ExpertShape, int), Lazy<ExpertPlacement>>> known)
    {
        this.moe = moe;
        this.measured = measured;
        Extra = extra;
        pairs = measured.Layers.Any(layer => !layer.Pairs.IsEmpty);
        placements = new ConcurrentDictionary<(ExpertShape, int), Lazy<ExpertPlacement>>(known);
    }

    /// <summary>Copies of experts beyond the first.</summary>
    public int Extra { get; }

    public double Mean(int ranks, int ranksInDomain) => Of(ranks, ranksInDomain).Mean;

    public double Worst(int ranks, int ranksInDomain) => Of(ranks, ranksInDomain).Worst;

    /// <summary>The placement on so many ranks.</summary>
    public PlacedExperts Of(int ranks, int ranksInDomain) => Placement(Key(ranks, ranksInDomain)).Result;

    /// <summary>The same loads with the final placement on so many ranks.</summary>
    public MeasuredExpertLoads Final(int ranks, int ranksInDomain)
    {
        var key = Key(ranks, ranksInDomain);
        var final = Placement(key).Final();
        return new MeasuredExpertLoads(moe, measured, Extra, placements.Where(known => known.Key != key).Append(new(key, new Lazy<ExpertPlacement>(final))));
    }

    /// <summary>The same loads without copies.</summary>
    public MeasuredExpertLoads WithoutCopies() => new(moe, measured, 0);

    private ExpertPlacement Placement((ExpertShape Shape, int RanksInNode) key) =>
        placements.GetOrAdd(key, asked => new Lazy<ExpertPlacement>(() => ExpertPlacement.Of(measured, asked.Item1, asked.Item2))).Value;

    // Many degrees have the same shape; which ranks share a node matters beyond it for pairs alone.
    private (ExpertShape Shape, int RanksInNode) Key(int ranks, int ranksInDomain) =>
        (ExpertShape.Of(moe, Extra, ranks, ranksInDomain), pairs ? Math.Min(ranks, ranksInDomain) : ranks);
}
