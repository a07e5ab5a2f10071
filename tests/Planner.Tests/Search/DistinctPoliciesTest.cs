using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Inputs;

namespace Planner.Tests.Search;

internal sealed class DistinctPoliciesTest
{
    [TestCase("v3-671b", "none selective mla_up_proj mla_up_proj+mlp layernorm+moe_act moe+layernorm+core_attn full")]
    [TestCase("qwen3-235b", "none selective layernorm+moe_act moe+layernorm+core_attn full")]
    [TestCase("llama3.1-8b", "none selective mla_up_proj+mlp layernorm+moe_act moe+layernorm+core_attn full")]
    public void Of_MegatronBridge_CountsThoseOnceThatOnlyDifferInPartsTheModelLacks(string model, string names)
    {
        var policies = DistinctPolicies.Of(new ModelCatalog().Load(model).Spec, new StackCatalog().Load("megatron-bridge").Spec.RecomputePolicies);
        Assert.That(string.Join(' ', policies.Select(policy => policy.Name)), Is.EqualTo(names));
    }

    [Test]
    public void Present_ModulesLeftOut_ChangeNothing(
        [Values("v3-671b", "qwen3-235b", "llama3.1-8b", "llama4-maverick", "mixtral-8x7b", "v2-lite-16b", "gpt3-175b")] string name,
        [Values("megatron-bridge", "megatron", "torchtitan")] string stack)
    {
        var spec = new ModelCatalog().Load(name).Spec;
        var model = new CostModel(spec, new HardwareCatalog().Load("h100").Spec, new StackCatalog().Load(stack).Spec, new Workload(4096, 256, Precision.Bf16, null));
        var absent = ~DistinctPolicies.Present(spec) & (RecomputeModules)1023;
        foreach (var policy in model.Stack.RecomputePolicies)
        {
            var more = policy with { Modules = policy.Modules | absent };
            foreach (var (tensor, expert, size) in ((int, int, int)[])[(1, 1, 1), (2, 4, 2)])
            {
                if (spec.Moe is null && expert > 1) continue;
                var (a, b) = (Parts(more), Parts(policy));
                Assert.That(a.Shapes, Is.EqualTo(b.Shapes), policy.Name);
                Assert.That(a with { Shapes = b.Shapes }, Is.EqualTo(b), policy.Name);

                ModelParts Parts(RecomputePolicy recompute) => ModelParts.Of(model, new LayerKey(tensor, 1, expert, size, recompute), true);
            }
        }
    }
}
