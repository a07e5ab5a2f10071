using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Stacks;
using Planner.Inputs;

namespace Planner.Calibration;

/// <summary>
/// The constants that a calibration may set, in the order in which it tries them: what most of the time goes with first. A new one is a line here.
/// </summary>
internal static class TunableConstants
{
    public static ImmutableArray<TunableConstant> Of(StackSpec stack, ImmutableArray<KnownRun> runs) =>
    [
        .. GemmEfficiencies(runs),
        .. MemoryEfficiencies(runs),
        .. OverlapConstants.Of(stack, runs),
        HostConstant.Of(stack, runs),
        NetworkEfficiency(runs),
        LoadFactorConstant.Of(stack, runs),
    ];

    /// <summary>Indices of the runs that something holds for.</summary>
    public static ImmutableArray<int> Where(ImmutableArray<KnownRun> runs, Func<KnownRun, bool> holds) =>
        [.. Enumerable.Range(0, runs.Length).Where(i => holds(runs[i]))];

    private static IEnumerable<TunableConstant> GemmEfficiencies(ImmutableArray<KnownRun> runs) => runs
        .GroupBy(run => (run.Architecture, run.Precision))
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key)
        .Select(group => GemmEfficiency(group.Key.Architecture, group.Key.Precision, runs));

    private static TunableConstant GemmEfficiency(string architecture, string word, ImmutableArray<KnownRun> runs)
    {
        var precision = PrecisionWords.Find(word)!.Value;
        return new TunableConstant(
            $"rates.{architecture}.gemm.{word}.efficiency",
            Least: 0.1,
            Most: 1,
            Move: 1.25,
            IsRate: true,
            Where(runs, run => run.Architecture == architecture && run.Precision == word),
            NoRows: "")
        {
            Read = stack => stack.For(architecture)!.Gemm[precision].Efficiency,
            Write = (stack, value) => With(stack, architecture, rates =>
            {
                var gemm = rates.Gemm.SetItem(precision, rates.Gemm[precision] with { Efficiency = value });

                // FP16 has no entry of its own in a file.
                return rates with { Gemm = precision == Precision.Bf16 ? gemm.SetItem(Precision.Fp16, gemm[Precision.Bf16]) : gemm };
            }),
        };
    }

    private static IEnumerable<TunableConstant> MemoryEfficiencies(ImmutableArray<KnownRun> runs) => runs
        .GroupBy(run => run.Architecture)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new TunableConstant(
            $"rates.{group.Key}.memory_efficiency",
            Least: 0.1,
            Most: 1,
            Move: 1.25,
            IsRate: true,
            Where(runs, run => run.Architecture == group.Key),
            NoRows: "")
        {
            Read = stack => stack.For(group.Key)!.MemoryEfficiency,
            Write = (stack, value) => With(stack, group.Key, rates => rates with { MemoryEfficiency = value }),
        });

    private static TunableConstant NetworkEfficiency(ImmutableArray<KnownRun> runs) => new(
        "network_efficiency", Least: 0.05, Most: 1, Move: 1.5, IsRate: true, Where(runs, run => run.SpansNodes), NoRows: "no run spans nodes")
    {
        Read = stack => stack.NetworkEfficiency,
        Write = (stack, value) => stack with { NetworkEfficiency = value },
    };

    private static StackSpec With(StackSpec stack, string architecture, Func<ArchitectureRates, ArchitectureRates> change) =>
        stack with { Rates = [.. stack.Rates.Select(rates => rates.Architecture == architecture ? change(rates) : rates)] };
}
