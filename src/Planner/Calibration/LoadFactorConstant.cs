using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Calibration;

/// <summary>
/// Busiest expert rank over the mean. A stack's curve keeps its shape: what lies above 1 is scaled alike at every number of experts a GPU. Without a
/// curve, or with a flat one at 1, one factor holds for all.
/// </summary>
internal static class LoadFactorConstant
{
    private const string Place = "experts.load_factor_by_experts_per_gpu";

    public static TunableConstant Of(StackSpec stack, ImmutableArray<KnownRun> runs)
    {
        var curve = stack.Experts.LoadFactorByExpertsPerGpu;
        var highest = curve.IsEmpty ? KeyValuePair.Create(1, 1.0) : curve.MaxBy(entry => entry.Value);
        return new TunableConstant(
            PathOf(highest.Key),
            Least: 1,
            Most: 4,
            Move: 0.25,
            IsRate: false,
            TunableConstants.Where(runs, run => run.HasExperts),
            NoRows: "no model has experts")
        {
            Read = given => given.Experts.LoadFactorByExpertsPerGpu.IsEmpty ? 1 : given.Experts.LoadFactorByExpertsPerGpu.Max(entry => entry.Value),
            Write = (given, value) => given with { Experts = given.Experts with { LoadFactorByExpertsPerGpu = Scaled(curve, highest.Value, value) } },
            Spell = (_, value) => [.. Scaled(curve, highest.Value, value).Select(entry => new StackField(PathOf(entry.Key), entry.Value, SourceKind.Fitted))],
        };
    }

    private static ImmutableArray<KeyValuePair<int, double>> Scaled(ImmutableArray<KeyValuePair<int, double>> curve, double highest, double value)
    {
        if (curve.IsEmpty) return [KeyValuePair.Create(1, value)];
        return [.. curve.Select(entry => KeyValuePair.Create(entry.Key, highest > 1 ? 1 + ((entry.Value - 1) * (value - 1) / (highest - 1)) : value))];
    }

    private static string PathOf(int expertsPerGpu) => Place + "." + expertsPerGpu.ToString(CultureInfo.InvariantCulture);
}
