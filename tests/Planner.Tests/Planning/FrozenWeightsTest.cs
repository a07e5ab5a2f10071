using System.Text.Json;
using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Adapters beside frozen weights, from the command line to the plan file and back.</summary>
[TestFixture]
internal sealed class FrozenWeightsTest
{
    private static readonly string[] Asked = ["solve", "--model", "llama3.1-8b", "--hw", "h100", "--gpus", "8", "--micro-batch", "1", "--cp", "1", "--pp", "1"];

    [Test]
    public void Lora_HasNoGradientsAndNoStates()
    {
        JsonElement all = Plan([.. Asked, "--format", "json"]);
        JsonElement lora = Plan([.. Asked, "--train", "lora", "--format", "json"]);
        JsonElement parts = lora.GetProperty("estimate").GetProperty("memory").GetProperty("parts");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lora.GetProperty("request").GetProperty("train").GetString(), Is.EqualTo("lora"));
            Assert.That(all.GetProperty("request").TryGetProperty("train", out _), Is.False);
            Assert.That(parts.GetProperty("gradients_gib").GetDouble() + parts.GetProperty("optimizer_gib").GetDouble(), Is.Zero);

            // A third of the matrices' FLOPs goes with the weight gradients, in time and in what counts as the model's.
            Assert.That(Step(lora) / Step(all), Is.InRange(0.6, 0.85));
            Assert.That(Number(lora, "mfu") / Number(all, "mfu"), Is.InRange(0.8, 1.1));
        }
    }

    [Test]
    public void Lora_ASavedPlanStaysOne()
    {
        string path = Path.Join(Path.GetTempPath(), $"planner-lora-{Guid.NewGuid():N}.json");
        try
        {
            double solved = Step(Plan([.. Asked, "--train", "lora", "-o", path, "--format", "json"]));
            Assert.That(Step(Plan("estimate", "--plan", path, "--format", "json")), Is.EqualTo(solved));
            Assert.That(Step(Plan("estimate", "--plan", path, "--train", "all", "--format", "json")), Is.GreaterThan(1.1 * solved));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Step(JsonElement plan) => Number(plan, "step_s");

    private static double Number(JsonElement plan, string name) => plan.GetProperty("estimate").GetProperty(name).GetDouble();

    private static JsonElement Plan(params string[] args)
    {
        Run run = Run.Of(new PlanMaker(), args);
        Assert.That(run.Code, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
