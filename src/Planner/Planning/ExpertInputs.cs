using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Traffic;
using Planner.Inputs;
using Planner.Search.Experts;

namespace Planner.Planning;

/// <summary>What is known of the experts' load: measured and to be placed by, or placed by a plan file.</summary>
/// <param name="Loads">The table; null where a plan file alone speaks.</param>
/// <param name="Pairs">Pairs; null without.</param>
/// <param name="Measured">Placement for every degree; null where the plan file places.</param>
/// <param name="Given">The plan file's placement.</param>
internal sealed record ExpertInputs(ExpertLoads? Loads, ExpertPairs? Pairs, MeasuredExpertLoads? Measured, PlacedExperts? Given)
{
    /// <summary>Copies of experts beyond the first.</summary>
    public int Replicas => Measured?.Extra ?? Given!.Shape.Extra;

    /// <summary>Reads the files and refuses what they contradict; null where nothing of the kind was asked.</summary>
    public static ExpertInputs? Load(SolveRequest asked, ModelSpec model)
    {
        if (asked.Experts is null && asked.PlacedExperts is null) return null;
        if (asked.LoadFactor is not null)
        {
            throw new RefusedException(asked.Experts is null
                ? "--load-factor: the plan file places experts by a measured load; leave it out"
                : "--load-factor and --loads both say how uneven the load is; leave one of the two out");
        }

        if (MoeLayers.Of(model) is not { } layers) throw new RefusedException($"--loads: {model.Name} has no experts; leave it out");
        var loads = asked.Experts is { } request ? ExpertLoads.Read(request.Loads, request.Workload, layers) : null;
        if (asked.PlacedExperts is { } given)
        {
            if (asked.Experts is { Pairs: not null } or { Replicas: > 0 })
                throw new RefusedException("--pairs and --replicas place experts, but the plan file has placed them; leave --plan or these out");
            return new ExpertInputs(loads, null, null, GivenExperts.Of(given, layers, loads));
        }

        var (path, copies) = (asked.Experts!.Pairs, asked.Experts.Replicas);
        if (copies > layers.Experts)
            throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"--replicas {copies} is more than the {layers.Experts} experts of {model.Name}; allowed: multiples of the expert-parallel ranks up to {layers.Experts}"));
        if (copies > 0 && path is not null) throw new RefusedException("--pairs and --replicas: pairs of experts that have copies are not counted; leave one of the two out");
        var pairs = path is null ? null : ExpertPairs.Read(path, layers);
        var measured = MeasuredLayers.Of(loads!.Layers);
        if (pairs is not null)
            measured = measured.With(pairs.Layers.ToDictionary(layer => layer.Key, layer => layer.Value.Select(pair => new ExpertPair(pair.A, pair.B, pair.Weight)).ToImmutableArray()));
        return new ExpertInputs(loads, pairs, new MeasuredExpertLoads(model.Moe!, measured, copies), null);
    }

    /// <summary>The workload with this load.</summary>
    public Workload On(Workload workload) => workload with
    {
        Experts = Measured is { } measured ? measured : new KnownExpertLoad(Given!.Mean, Given.Worst),
        ExtraExperts = Replicas,
    };

    /// <summary>The placement under a layout.</summary>
    public PlacedExperts Of(CostModel model, Degrees degrees)
    {
        var inDomain = InDomain(model, degrees);
        if (Given is not { } given) return Measured!.Of(degrees.Expert, inDomain);
        return Loads is null
            ? given
            : GivenExperts.Against(given, Loads, ExpertShape.Of(model.Model.Moe!, Replicas, degrees.Expert, inDomain));
    }

    /// <summary>The same with the final placement under the layout; this where a plan file gives it.</summary>
    public ExpertInputs Final(CostModel model, Degrees degrees) =>
        Measured is null ? this : this with { Measured = Measured.Final(degrees.Expert, InDomain(model, degrees)) };

    private static int InDomain(CostModel model, Degrees degrees) => model.Layers.Fabric.ExpertsInDomain(degrees);
}
