using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>What twice the batch would buy, against asking for twice the batch.</summary>
internal sealed class LargerBatchTest
{
    [TestCase("1f1b", "2")]
    [TestCase("1f1b", "4")]
    public void TwiceTheBatch_IsTheStepOfTheSameLayoutAtTwiceTheBatch(string schedule, string pipeline)
    {
        string[] same = ["--schedule", schedule, "--pp", pipeline, "--tp", "1", "--cp", "1", "--dp", "4", "--micro-batch", "1", "--recompute", "full", "--sharding", "zero1"];
        var once = Plan([.. same, "--batch", "64"]);
        var twice = Plan([.. same, "--batch", "128"]);
        var (larger, step) = (once.GetProperty("twice_the_batch"), twice.GetProperty("step_s").GetDouble());
        Assert.That(larger.GetProperty("global_batch").GetInt32(), Is.EqualTo(128));
        Assert.That(larger.GetProperty("step_s").GetDouble(), Is.GreaterThanOrEqualTo(step).And.EqualTo(step).Within(0.2).Percent);
        Assert.That(
            1 + larger.GetProperty("throughput_gain").GetDouble(),
            Is.EqualTo(2 * once.GetProperty("step_s").GetDouble() / larger.GetProperty("step_s").GetDouble()).Within(1e-5));
        Assert.That(once.GetProperty("tokens_per_step").GetInt64(), Is.EqualTo(64 * 4096));
    }

    // The best placement of the larger batch may differ, and is then no slower.
    private static System.Text.Json.JsonElement Plan(string[] more)
    {
        var gpus = more[Array.IndexOf(more, "--pp") + 1] == "2" ? "8" : "16";
        var run = Run.Of(new PlanMaker(), ["solve", "--model", "llama2-7b", "--hw", "h100", "--seq", "4096", "--gpus", gpus, "--format", "json", .. more]);
        Assert.That(run.Code, Is.Zero, run.Error);
        return System.Text.Json.JsonDocument.Parse(run.Output).RootElement.GetProperty("estimate");
    }
}
