using System.Collections.Immutable;
using System.Globalization;
using Planner.Calibration;
using Planner.Cost.Stacks;
using Planner.Inputs;
using Planner.Tests.Validation;
using Planner.Validation;

namespace Planner.Tests.Calibration;

/// <summary>Tables of runs whose measured steps are known to come from some stack.</summary>
internal static class CalibrationTables
{
    private static readonly string[] Models = ["llama3.1-8b", "gpt-1.5b", "llama2-13b"];
    private static readonly int[] Sequences = [1024, 2048, 8192];

    /// <summary>Runs of three models on 8 GPUs, measured as the megatron stack, changed, estimates them, times a factor by row.</summary>
    public static string Csv(int rows, Func<StackSpec, StackSpec> truth, Func<int, double>? factor = null)
    {
        var catalogs = new RunCatalogs();
        var estimator = new RunEstimator(catalogs);
        var cells = Enumerable.Range(0, rows).Select(Cells).ToArray();
        var steps = cells.Select((cell, i) =>
        {
            // Any step will do to read the row.
            var estimated = estimator.Estimate(Runs.One(cell), truth) as RunEstimated ?? throw new InvalidOperationException($"{cell} cannot be estimated");
            return estimated.PredictedStep * (factor?.Invoke(i) ?? 1);
        }).ToArray();
        return Runs.Csv([.. cells.Select((cell, i) => cell.Replace("measured_step_s=20", "measured_step_s=" + steps[i].ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal))]);
    }

    /// <summary>A table calibrated, with its stack unless told.</summary>
    public static CalibrationResult Calibrate(string csv, string? stack = null)
    {
        var catalogs = new RunCatalogs();
        var estimator = new RunEstimator(catalogs, stack);
        var table = Runs.Table(csv);
        var rows = CalibrationRows.Of(table, estimator, catalogs);
        return Calibrator.Run(estimator, catalogs.Stack(rows.Stack!).Spec, table.Rows, rows.Runs, rows.LeftOut);
    }

    /// <summary>The megatron stack with other rates of Hopper.</summary>
    public static StackSpec Hopper(StackSpec stack, double gemm, double memory)
    {
        var constants = Constants(stack);
        stack = constants.First(constant => constant.Path == "rates.hopper.gemm.bf16.efficiency").Write(stack, gemm);
        return constants.First(constant => constant.Path == "rates.hopper.memory_efficiency").Write(stack, memory);
    }

    /// <summary>Every constant that a stack can have set for runs of the table.</summary>
    public static ImmutableArray<TunableConstant> Constants(StackSpec stack)
    {
        var catalogs = new RunCatalogs();
        var runs = Enumerable.Range(0, 3).Select(i => (RunEstimated)new RunEstimator(catalogs).Estimate(Runs.One(Cells(i)))).Select(run => KnownRun.Of(run, catalogs));
        return TunableConstants.Of(stack, [.. runs]);
    }

    public static StackSpec Stack(string name) => new StackCatalog().Load(name).Spec;

    private static string Cells(int i)
    {
        var model = Models[i % Models.Length];
        var sequence = Sequences[i / Models.Length % Sequences.Length];
        var size = 1 + (i / 9 % 2);
        var precision = i / 18 % 2 == 0 ? "none" : "full";
        return string.Create(
            CultureInfo.InvariantCulture, $"id=r{i} model={model} sequence_length={sequence} micro_batch={size} global_batch={64 * size} recompute={precision} measured_step_s=20");
    }
}
