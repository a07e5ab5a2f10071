using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Planner.Plans;
using Planner.Reports;
using Planner.Tests.Commands;

namespace Planner.Tests.Plans;

[TestFixture]
public sealed class PlanFileTests
{
    [Test]
    public void Write_SamplePlan_IsTheGoldenFile() => Golden.Verify(PlanFileWriter.Write(SamplePlan.Plan()), "plan.json");

    [Test]
    public void Write_CommaDecimals_SameBytes()
    {
        var invariant = PlanFileWriter.Write(SamplePlan.Plan());
        using var _ = new CommaDecimals();
        Assert.That(PlanFileWriter.Write(SamplePlan.Plan()), Is.EqualTo(invariant));
    }

    [Test]
    public async Task Write_AnyPlan_FitsTheSchema()
    {
        var schema = await Schema();
        var plan = SamplePlan.Plan();
        Plan[] plans =
        [
            plan,
            plan with { Solver = null },
            plan with { Request = plan.Request with { Tokens = null, LoadFactor = 1.25, Extrapolate = true, Pins = [] } },
            plan with { Machine = plan.Machine with { PricePerGpuHour = null }, Alternatives = [], TieSet = [], Findings = [], Rejected = [] },
        ];
        foreach (var each in plans) Assert.That(schema.Validate(PlanFileWriter.Write(each)), Is.Empty);
    }

    [Test]
    public async Task Json_Infeasible_FitsTheSchema()
    {
        var schema = await Schema();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.Validate(InfeasibleReport.Json(FakePlanner.NothingFits)), Is.Empty);
            Assert.That(schema.Validate(InfeasibleReport.Json(FakePlanner.NothingFits with { Rank = -1, WaysOut = [] })), Is.Empty);
        }
    }

    [TestCase("\"dp\": 128", "\"dp\": 0")]
    [TestCase("\"step_s\": 19.9261", "\"step_s\": \"19.9261\"")]
    [TestCase("\"evidence\": \"published_precedent\"", "\"evidence\": \"hearsay\"")]
    [TestCase("\"sharding\": \"zero1\",", "")]
    public async Task Schema_WrongPlan_Refuses(string good, string bad)
    {
        var text = PlanFileWriter.Write(SamplePlan.Plan());
        Assert.That(text, Does.Contain(good));
        Assert.That((await Schema()).Validate(text.Replace(good, bad, StringComparison.Ordinal)), Is.Not.Empty);
    }

    [Test]
    public void Write_Keys_AreThoseOfTheContractInOrder()
    {
        using var document = JsonDocument.Parse(PlanFileWriter.Write(SamplePlan.Plan()));
        var root = document.RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Keys(root), Is.EqualTo("schema_version request inputs solver decisions estimate alternatives tie_set evidence rejected findings"));
            Assert.That(
                Keys(root.GetProperty("request")),
                Is.EqualTo("model hardware stack gpus sequence_length global_batch precision tp_policy pins memory_limit_gib objective"));
            Assert.That(Keys(root.GetProperty("solver")), Is.EqualTo("status bound_s gap candidates name version"));
            var decisions = root.GetProperty("decisions");
            Assert.That(Keys(decisions), Is.EqualTo("degrees micro_batch micro_batches schedule recompute sharding layout stages experts"));
            Assert.That(Keys(decisions.GetProperty("degrees")), Is.EqualTo("dp tp pp ep etp cp vpp"));
            Assert.That(
                Keys(decisions.GetProperty("stages")[3]),
                Is.EqualTo("stage rank chunk first_layer last_layer layers recompute memory_gib forward_s backward_s weight_s"));
            Assert.That(
                Keys(root.GetProperty("estimate")),
                Is.EqualTo("step_s step_parts bubble_fraction exposed_comm_s stage_imbalance expert_imbalance inter_node_gb_per_step memory tokens_per_step tokens_per_gpu_per_s model_tflops_per_gpu mfu gpu_hours_per_trillion_tokens run assumed_constants"));
            Assert.That(
                Keys(root.GetProperty("alternatives")[0]),
                Is.EqualTo("degrees schedule micro_batch recompute step_s peak_gib evidence"));
        }
    }

    [Test]
    public void Write_Parts_AddUp()
    {
        using var document = JsonDocument.Parse(PlanFileWriter.Write(SamplePlan.Plan()));
        var estimate = document.RootElement.GetProperty("estimate");
        var memory = estimate.GetProperty("memory");
        using (Assert.EnterMultipleScope())
        {
            // Six digits: each number is off by 5e-6 of itself at most.
            Assert.That(Sum(estimate.GetProperty("step_parts")), Is.EqualTo(estimate.GetProperty("step_s").GetDouble()).Within(1e-3).Percent);
            Assert.That(Sum(memory.GetProperty("parts")), Is.EqualTo(memory.GetProperty("peak_gib").GetDouble()).Within(1e-3));
        }
    }

    [Test]
    public void Write_Layout_OneStageALineAndNothingOfTheMachine()
    {
        var text = PlanFileWriter.Write(SamplePlan.Plan());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.EndWith("\n").And.Not.Contain("\r").And.Not.Contain("\t"));
            Assert.That(text.Split('\n').Count(line => line.Contains("\"stage\":", StringComparison.Ordinal)), Is.EqualTo(16));
            Assert.That(text, Does.Not.Contain(Environment.MachineName).And.Not.Contain(AppContext.BaseDirectory));
        }
    }

    [Test]
    public void Write_AssumedConstants_CountsMachineAndStack()
    {
        using var document = JsonDocument.Parse(PlanFileWriter.Write(SamplePlan.Plan()));
        Assert.That(document.RootElement.GetProperty("estimate").GetProperty("assumed_constants").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void Write_RunCost_FollowsFromThroughput()
    {
        using var document = JsonDocument.Parse(PlanFileWriter.Write(SamplePlan.Plan()));
        var run = document.RootElement.GetProperty("estimate").GetProperty("run");

        // 14.8e12 tokens over 2048 gpus at 15360 x 4096 tokens a step of SamplePlan.Parts seconds.
        var days = 14.8e12 / (15360.0 * 4096) * SamplePlan.Parts.Total.Value / 86_400;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.GetProperty("days").GetDouble(), Is.EqualTo(days).Within(1e-3).Percent);
            Assert.That(run.GetProperty("gpu_hours").GetDouble(), Is.EqualTo(days * 24 * 2048).Within(1e-3).Percent);
            Assert.That(run.GetProperty("cost_usd").GetDouble(), Is.EqualTo(days * 24 * 2048 * 2).Within(1e-3).Percent);
        }
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Write_NotANumber_Throws(double step)
    {
        var plan = SamplePlan.Plan();
        var broken = plan with { Estimate = plan.Estimate with { Step = new Cost.Units.Seconds(step) } };
        Assert.That(() => PlanFileWriter.Write(broken), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(member => member.Name));

    private static double Sum(JsonElement parts) => parts.EnumerateObject().Sum(part => part.Value.GetDouble());

    private static async Task<JsonSchema> Schema() =>
        await JsonSchema.FromFileAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "plan.schema.json"));
}
