using NUnit.Framework;
using Planner.Validation;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class SkipReasonTests
{
    private static readonly RunEstimator Estimator = new(new RunCatalogs());

    [TestCase("model=llama3.1-8c", "unknown model \"llama3.1-8c\". Did you mean llama3.1-8b")]
    [TestCase("model=entirely~else", "unknown model \"entirely else\"")]
    [TestCase("hardware=h101", "unknown hardware \"h101\". Did you mean h100")]
    [TestCase("stack=megatrn", "unknown stack \"megatrn\". Did you mean megatron?")]
    [TestCase("stack= software=Nobody's~trainer~1.0", "no stack lists the software \"Nobody's trainer 1.0\"; known stacks: ")]
    [TestCase("dp=4", "tp 1 x cp 1 x pp 1 x dp 4 = 4, not the 8 of num_gpus")]
    [TestCase("tp=3 dp=", "tp 3 x cp 1 x pp 1 x dp 1 = 3, not the 8 of num_gpus")]
    [TestCase("num_gpus=20000000 dp=20000000", "20000000 GPUs are more than anybody has")]
    [TestCase("nodes=2 gpus_per_node=8", "nodes 2 x gpus_per_node 8 are not the 8 of num_gpus")]
    [TestCase("micro_batch=3", "global_batch 64 is not a multiple of dp 8 x micro_batch 3")]
    [TestCase("ep=2", "ep 2, but llama3.1-8b has no experts")]
    [TestCase("model=mixtral-8x7b ep=3", "ep 3 does not divide the 8 experts of mixtral-8x7b")]
    [TestCase("model=mixtral-8x7b ep=8 tp=2 dp=4 stack=torchtitan measured_step_s=40", "ep 8 spans tensor ranks (dp 4 x cp 1 = 4), which this software does not do")]
    [TestCase("model=mixtral-8x7b ep=8 pp=2 dp=4 schedule=1f1b measured_step_s=40", "ep 8 does not divide dp 4 x cp 1 x tp 1 = 4")]
    [TestCase("model=mixtral-8x7b etp=2", "etp 2: tensor parallelism inside experts is not modelled")]
    [TestCase("num_gpus=24 tp=24 dp=1", "tp 24 does not divide the heads and widths of llama3.1-8b")]
    [TestCase("cp=8 dp=1 sequence_length=4100", "sequence_length 4100 is not a multiple of 2 x cp 8")]
    [TestCase("pp=2 dp=4", "schedule none, but pp 2")]
    [TestCase("pp=2 dp=4 schedule=zigzag", "schedule \"zigzag\" is not known")]
    [TestCase("pp=2 dp=4 schedule=1f1b vpp=2", "vpp 2 needs the interleaved schedule, not 1f1b")]
    [TestCase("pp=2 dp=4 schedule=interleaved vpp=1", "Interleaved 1F1B needs at least 2 chunks a rank, not 1 (1 is 1F1B)")]
    [TestCase("num_gpus=64 pp=64 dp=1 schedule=1f1b", "64 stages for 32 layers: pp and vpp are too large")]
    [TestCase("recompute=sometimes", "recompute \"sometimes\" is not known; allowed: none, full, full:N, selective")]
    [TestCase("recompute=full:5", "recompute full:5 with 32 layers a stage: a choice per layer is not supported yet")]
    [TestCase("recompute=full:x", "recompute \"full:x\" is not full:N")]
    [TestCase("sharding=zero4", "sharding \"zero4\" is not known; allowed: none, zero1, zero2, zero3")]
    [TestCase("precision=int8", "precision \"int8\" is not known; allowed: bf16, fp16, fp8")]
    [TestCase("precision=fp8 hardware=a100-80", "a100-80 has no fp8")]
    [TestCase("trainable=some", "trainable \"some\" is not known; allowed: all, lora")]
    [TestCase("attention=sparse", "attention \"sparse\" is not known; allowed: flash, fused, unfused")]
    [TestCase("layers_override=12", "layers_override is not supported")]
    [TestCase("measured_step_s=40000", "measured_step_s 40000 would be 0.004 % of the bf16 peak: milliseconds, or not")]
    [TestCase("measured_step_s=0.04", "of the bf16 peak: not seconds, or not")]
    [TestCase("measured_mem_gib=71000", "measured_mem_gib 71000 is more than the 74.5 GiB of h100: not GiB, not of one GPU, or not measured")]
    public void WhatCannotBe_IsSkippedWithItsReason(string change, string reason)
    {
        var result = Estimator.Estimate(Runs.One(change));
        Assert.That(result, Is.TypeOf<RunSkipped>());
        Assert.That(((RunSkipped)result).Reason, Does.StartWith(reason).Or.Contain(reason).And.Not.Contain("\n"));
    }

    [TestCase("")]
    [TestCase("recompute=full:32")]
    [TestCase("recompute=layernorm+moe_act")]
    [TestCase("measured_mem_gib=60 memory_kind=allocated")]
    [TestCase("trainable=lora sharding=unknown")]
    [TestCase("pp=2 dp=4 schedule=interleaved vpp=2")]
    [TestCase("precision=fp8 measured_step_s=2.5")]
    public void WhatCanBe_IsEstimated(string change) =>
        Assert.That(Estimator.Estimate(Runs.One(change)), Is.TypeOf<RunEstimated>());
}
