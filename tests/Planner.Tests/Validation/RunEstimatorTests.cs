using NUnit.Framework;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class RunEstimatorTests
{
    private static readonly RunCatalogs Catalogs = new();
    private static readonly RunEstimator Estimator = new(Catalogs);

    [Test]
    public void Estimate_FullRow_LeavesNothingToDefaults() => Assert.That(Of("").Defaulted, Is.Empty);

    [TestCase("precision= attention=unknown sharding=unknown recompute=unknown", "precision=bf16; attention=flash; sharding=none; recompute=none")]
    [TestCase("tp= cp= pp= vpp= ep= etp= dp=", "tp=1; cp=1; pp=1; dp=8")]
    [TestCase("dp= tp=2 sequence_parallel=", "dp=4; sequence_parallel=true")]
    [TestCase("sequence_parallel=", "")]
    [TestCase("num_gpus= dp= measured_step_s=30", "dp=1")]
    [TestCase("trainable=", "trainable=all")]
    [TestCase("stack=", "stack=megatron")]
    [TestCase("global_batch=512 sequence_length= micro_batch= measured_step_s=30", "sequence_length=8192; micro_batch=1")]
    [TestCase("pp=2 dp=4 schedule= vpp=", "vpp=1; schedule=1f1b")]
    [TestCase("pp=2 dp=4 schedule= vpp=2", "schedule=interleaved")]
    [TestCase("pp=2 dp=4 schedule=interleaved vpp=", "vpp=1")]
    [TestCase("num_gpus=16 dp=16 measured_step_s=2", "inter_node_gb_s_per_gpu=50")]
    [TestCase("num_gpus=16 dp=16 measured_step_s=2 inter_node_gb_s_per_gpu=25", "")]
    [TestCase("model=mixtral-8x7b ep= etp= measured_step_s=9", "ep=1; etp=1")]
    [TestCase("measured_mem_gib=60", "memory_kind=device")]
    public void Estimate_OpenInputs_AreListed(string change, string defaulted) =>
        Assert.That(Of(change).Defaulted, Is.EquivalentTo(defaulted.Split("; ", StringSplitOptions.RemoveEmptyEntries)));

    // The line rate is the row's, what collectives reach of it the machine's share: the file's own rate changes nothing, half of it costs time.
    [Test]
    public void Estimate_NetworkOfTheRow_ReplacesTheMachines()
    {
        const string two = "num_gpus=16 dp=16 measured_step_s=2 ";
        var usual = Of(two).PredictedStep;
        Assert.That(Of(two + "inter_node_gb_s_per_gpu=50").PredictedStep, Is.EqualTo(usual).Within(1e-9));
        Assert.That(Of(two + "inter_node_gb_s_per_gpu=5").PredictedStep, Is.GreaterThan(usual));
    }

    [Test]
    public void Estimate_MemoryKind_DecidesWhatCounts()
    {
        var device = Of("measured_mem_gib=60 memory_kind=device");
        var reserved = Of("measured_mem_gib=60 memory_kind=reserved");
        var allocated = Of("measured_mem_gib=60 memory_kind=allocated");
        var memory = device.Estimate.Fullest;
        var rates = new StackCatalog().Load(device.Stack).Spec.Memory;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rates.Reserve.Gib, Is.GreaterThan(0));
            Assert.That(device.Memory.Gib, Is.EqualTo(memory.Total.Gib));
            Assert.That(reserved.Memory.Gib, Is.EqualTo(memory.Total.Gib - rates.Reserve.Gib).Within(1e-9));
            Assert.That(allocated.Memory.Gib, Is.EqualTo(memory.Total.Gib - memory.Reserve.Gib).Within(1e-9));
            Assert.That(reserved.Memory.Gib, Is.EqualTo(rates.AllocatorOverhead * allocated.Memory.Gib).Within(1e-9), "fragments");
            Assert.That(Of("measured_mem_gib=60").Memory.Gib, Is.EqualTo(device.Memory.Gib));
            Assert.That(reserved.MemoryError, Is.EqualTo(100 * ((reserved.Memory.Gib / 60) - 1)).Within(1e-9));
        }
    }

    // Plain tensor parallelism waits for its collectives whatever the stack overlaps; a row that overlaps takes the stack's share.
    [Test]
    public void Estimate_TensorOverlapOff_ShowsAllTraffic()
    {
        const string row = "stack=torchtitan tp=8 dp=1 tp_overlap=";
        var shown = Of(row + "false").PredictedStep;
        var usual = Of(row).PredictedStep;
        var all = ((RunEstimated)Estimator.Estimate(Runs.One(row), stack => stack with { Exposed = stack.Exposed with { TensorParallel = 1 } })).PredictedStep;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shown, Is.GreaterThan(usual));
            Assert.That(shown, Is.EqualTo(all));
            Assert.That(Of(row + "true").PredictedStep, Is.EqualTo(usual));
        }
    }

    [Test]
    public void Estimate_ShardGroup_HoldsMoreAndGathersNearer()
    {
        const string row = "num_gpus=64 dp=64 sharding=zero3 measured_step_s=2 measured_mem_gib=60 inter_node_gb_s_per_gpu=5 shard_group=";
        var (node, all) = (Of(row + "8"), Of(row));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(node.Estimate.Fullest.Optimizer.Gib, Is.EqualTo(8 * all.Estimate.Fullest.Optimizer.Gib).Within(1e-6));
            Assert.That(node.Estimate.Parts.Forward.Value, Is.LessThan(all.Estimate.Parts.Forward.Value));
            Assert.That(Of(row + "64").PredictedStep, Is.EqualTo(all.PredictedStep));
        }
    }

    // Selective means attention's core to most trainers, and every second matrix product to this one.
    [TestCase("torchtitan", "every_second_product")]
    [TestCase("megatron", "core_attn")]
    public void Estimate_Selective_IsTheSoftwares(string stack, string modules) =>
        Assert.That(
            Of($"stack={stack} recompute=selective").PredictedStep,
            Is.EqualTo(Of($"stack={stack} recompute={modules}").PredictedStep).And.GreaterThan(Of($"stack={stack}").PredictedStep));

    // Half of the tokens a second is not the stack's business, its overhead is: what is added to the stack shows, row by row.
    [Test]
    public void Estimate_Adjusted_SeesTheStackBeforeTheRowsOwnChoices()
    {
        var run = Runs.One("attention=unfused sequence_parallel=false tp=2 dp=4");
        StackSpec? seen = null;
        var plain = (RunEstimated)Estimator.Estimate(run);
        var slower = (RunEstimated)Estimator.Estimate(run, stack =>
        {
            seen = stack;
            return stack with { OptimizerBytes = stack.OptimizerBytes * 100 };
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((seen!.Name, seen.Attention, seen.SequenceParallel), Is.EqualTo(("megatron", AttentionKernel.Fused, true)));
            Assert.That(slower.Estimate.Parts.Optimizer.Value, Is.EqualTo(100 * plain.Estimate.Parts.Optimizer.Value).Within(0.1).Percent);
            Assert.That(((RunEstimated)Estimator.Estimate(run)).PredictedStep, Is.EqualTo(plain.PredictedStep));
        }
    }

    [Test]
    public void Estimate_SideBySide_IsTheSameInOrder()
    {
        var runs = Runs.Table(Runs.Csv([.. Enumerable.Range(1, 30).Select(i => $"id=r{i} micro_batch={1 << (i % 4)} sequence_length={1024 * (1 + (i % 3))} measured_step_s=5")])).Runs;
        var together = new RunEstimator(Catalogs).Estimate(runs);
        Assert.That(together.Select(result => result.Run.Id), Is.EqualTo(runs.Select(run => run.Id)));
        Assert.That(
            together.Select(result => ((RunEstimated)result).PredictedStep),
            Is.EqualTo(runs.Select(run => ((RunEstimated)Estimator.Estimate(run)).PredictedStep)));
    }

    // The error is that of the estimate printed by the tool for the same layout.
    [Test]
    public void Estimate_StepError_IsPercentOfTheMeasured()
    {
        var row = Of("");
        Assert.That(row.StepError, Is.EqualTo(100 * ((row.Estimate.Step.Value - 4) / 4)).Within(1e-9));
        Assert.That(row.Tokens, Is.EqualTo(64 * 4096));
        Assert.That(row.Estimate.Step, Is.GreaterThan(Seconds.Zero));
    }

    private static RunEstimated Of(string change)
    {
        var result = Estimator.Estimate(Runs.One(change));
        return result as RunEstimated ?? throw new InvalidOperationException(((RunSkipped)result).Reason);
    }
}
