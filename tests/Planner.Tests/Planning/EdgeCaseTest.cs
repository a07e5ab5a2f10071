using System.Globalization;
using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Odd clusters and models through the command line: an answer, proven or marked, never a stack trace.</summary>
internal sealed class EdgeCaseTest
{
    [TestCase("llama3.1-8b", "h100", 7, 14)]
    [TestCase("llama3.1-8b", "h100", 104, 208)]
    [TestCase("mistral-7b", "gb200", 72, 144)]
    public void Solve_UnusualNumbersOfGpus_IsProvenOptimal(string model, string machine, int gpus, int batch)
    {
        var run = Solve(model, machine, gpus, batch, "--micro-batch", "1,2");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("optimal in the model"));
    }

    [Test]
    public void Solve_OneGpuTooSmall_SaysByHowMuchAndWhatHelps()
    {
        var run = Solve("llama3.1-8b", "h100", 1, 8);
        Assert.That(run.Code, Is.EqualTo(3));
        Assert.That(run.Output, Does.Contain("nothing fits: the emptiest layout needs").And.Contain("--gpus"));
    }

    [Test]
    public void Estimate_ManyStagesOfARankDoNotFit_SaysByHowMuchAtMost()
    {
        var run = Run.Of(
            new PlanMaker(),
            ["estimate", "--model", "gpt3-175b", "--gpus", "1024", "--hw", "a100-80", "--tp", "4", "--cp", "1", "--pp", "8", "--ep", "1", "--vpp", "6",
                "--schedule", "interleaved", "--micro-batch", "2", "--sharding", "none"]);
        Assert.That(run.Code, Is.EqualTo(3));
        Assert.That(run.Output, Does.Contain("nothing fits: the emptiest layout found needs"));
    }

    [Test]
    public void Solve_OneLayer_IsProvenOptimal([Values] bool moe)
    {
        using var folder = new Inputs.TemporaryFolder();
        var file = folder.Write("config.json", moe ? DeepSeekLike(1, 8, 1) : LlamaLike(1));
        var run = Solve(file, moe ? "h800" : "h100", 8, 64);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("optimal in the model"));
    }

    [Test]
    public void Solve_TenThousandLayers_IsAnsweredWithItsGap()
    {
        using var folder = new Inputs.TemporaryFolder();
        var run = Solve(folder.Write("config.json", LlamaLike(10_000)), "h100", 64, 64, "--pp", "32,64", "--cp", "2", "--micro-batch", "1", "--recompute", "full");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("not proven: nothing is faster than"));
    }

    [Test]
    public void Solve_4096Experts_IsAnswered()
    {
        using var folder = new Inputs.TemporaryFolder();
        var run = Solve(folder.Write("config.json", DeepSeekLike(4, 4096, 64)), "h800", 64, 128, "--micro-batch", "1", "--cp", "1", "--pp", "1,2");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("experts     4096 over"));
    }

    private static Run Solve(string model, string machine, int gpus, int batch, params string[] more) => Run.Of(
        new PlanMaker(),
        ["solve", "--model", model, "--hw", machine, "--gpus", Text(gpus), "--batch", Text(batch), "--seq", "4096", .. more]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string LlamaLike(int layers) => $$"""
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
         "num_key_value_heads": 8, "num_hidden_layers": {{layers}}, "vocab_size": 32000, "tie_word_embeddings": false}
        """;

    private static string DeepSeekLike(int layers, int experts, int groups) => $$"""
        {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "hidden_size": 1024, "intermediate_size": 4096,
         "moe_intermediate_size": 256, "num_attention_heads": 16, "num_key_value_heads": 16, "num_hidden_layers": {{layers}}, "vocab_size": 32000,
         "n_routed_experts": {{experts}}, "n_shared_experts": 1, "num_experts_per_tok": 8, "n_group": {{groups}}, "topk_group": {{Math.Min(groups, 8)}},
         "scoring_func": "sigmoid", "topk_method": "noaux_tc", "first_k_dense_replace": 0, "moe_layer_freq": 1, "num_nextn_predict_layers": 0,
         "q_lora_rank": 384, "kv_lora_rank": 128, "qk_nope_head_dim": 64, "qk_rope_head_dim": 32, "v_head_dim": 64, "tie_word_embeddings": false}
        """;
}
