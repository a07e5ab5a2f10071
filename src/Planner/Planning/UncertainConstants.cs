using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost;
using Planner.Cost.Traffic;

namespace Planner.Planning;

/// <summary>A constant whose true value may be anywhere in a range.</summary>
/// <param name="Path">Its place in its file.</param>
/// <param name="Value">As the estimate takes it.</param>
/// <param name="Low">Least.</param>
/// <param name="High">Most.</param>
/// <param name="OfStack">It is of the stack file, else of the hardware file.</param>
/// <param name="Source">Where value and range are from.</param>
internal sealed record UncertainConstant(string Path, double Value, double Low, double High, bool OfStack, string Source);

/// <summary>The constants of stack and machine that have a range, and the costs under other values of them.</summary>
internal sealed class UncertainConstants(PlanningInputs inputs)
{
    public ImmutableArray<UncertainConstant> All { get; } =
    [
        .. Of(inputs.Stack.Spec.Constants, ofStack: true, given: inputs.Request.LoadFactor is null ? null : "experts.load_factor"),
        .. Of(inputs.Machine.Spec.Constants, ofStack: false, given: null),
    ];

    /// <summary>The cost model with one value a constant, in the order of All.</summary>
    public CostModel Model(ReadOnlySpan<double> values)
    {
        var stack = new Dictionary<string, double>(values.Length);
        var machine = new Dictionary<string, double>();
        for (var i = 0; i < values.Length; i++) (All[i].OfStack ? stack : machine)[All[i].Path] = values[i];
        return new CostModel(
            inputs.Model.Spec,
            machine.Count == 0 ? inputs.Machine.Spec : inputs.Machine.With(machine),
            stack.Count == 0 ? inputs.Stack.Spec : inputs.Stack.With(stack),
            inputs.Workload);
    }

    /// <summary>The values as the estimate takes them.</summary>
    public double[] Values() => [.. All.Select(constant => constant.Value)];

    /// <summary>Draw number <paramref name="draw"/>: every constant uniform in its range, independent of the others.</summary>
    public double[] Draw(int draw)
    {
        var random = new SplitMix64(0x9E3779B97F4A7C15UL * (ulong)(draw + 1));
        var values = new double[All.Length];
        for (var i = 0; i < values.Length; i++) values[i] = All[i].Low + ((All[i].High - All[i].Low) * (random.Next() >> 11) * (1.0 / (1L << 53)));
        return values;
    }

    private static IEnumerable<UncertainConstant> Of(IEnumerable<Cost.Units.Constant> constants, bool ofStack, string? given) =>
        from constant in constants
        where constant.Range is not null && constant.Path != given
        let value = double.Parse(constant.Value, CultureInfo.InvariantCulture)
        select new UncertainConstant(constant.Path, value, constant.Range!.Value.Low, constant.Range.Value.High, ofStack, constant.Source);
}
