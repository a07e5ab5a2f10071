using NUnit.Framework;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Tests.Validation;

/// <summary>Published steps of software before 2023, estimated without a constant that was fitted to a step.</summary>
[TestFixture]
public sealed class EarlyRunsTests
{
    // Korthikanti et al. (arXiv 2205.05198): 22B on 8 GPUs, 175B on 64, recomputed whole, and the attention alone with sequence parallelism.
    [TestCase("megatron-22b", 8, 1, 1, 4, 4, "full", "false", 1.42)]
    [TestCase("megatron-22b", 8, 1, 1, 4, 4, "selective", "true", 1.10)]
    [TestCase("gpt3-175b", 64, 8, 3, 1, 64, "full", "false", 18.13)]
    [TestCase("gpt3-175b", 64, 8, 3, 1, 64, "selective", "true", 13.75)]
    public void Recompute_against_none(string model, int gpus, int pipeline, int chunks, int microBatch, int batch, string recompute, string sequenceParallel, double seconds)
    {
        var run = Runs.One(FormattableString.Invariant(
            $"model={model} hardware=a100-80 stack=megatron-2021 num_gpus={gpus} tp=8 pp={pipeline} vpp={chunks} dp=1 micro_batch={microBatch} global_batch={batch} sequence_length=2048 precision=fp16 schedule={(pipeline > 1 ? "interleaved" : "none")} recompute={recompute} sequence_parallel={sequenceParallel} attention=unfused sharding=none measured_step_s={seconds}"));
        var estimated = (RunEstimated)new RunEstimator(new RunCatalogs()).Estimate(run);
        Assert.That(estimated.StepError!.Value, Is.InRange(-4, 4));
    }

    // The stack whose software the row names, and no constant fitted to steps in it but the rate of heads off the grid, which no such model has.
    [Test]
    public void The_stack_of_2021_has_no_constant_fitted_to_steps()
    {
        var stack = new StackCatalog().Load("megatron-2021").Spec;
        var fitted = stack.Constants
            .Where(constant => constant.Kind == SourceKind.Fitted)
            .Select(constant => constant.Path)
            .Where(path => path.StartsWith("rates.ampere.", StringComparison.Ordinal) || !path.StartsWith("rates.", StringComparison.Ordinal))
            .Where(path => !path.Contains(".gemm.", StringComparison.Ordinal));
        Assert.That(fitted, Is.EqualTo(new[] { "rates.ampere.misaligned_product_tflops" }));
    }
}
