using System.Globalization;
using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Traffic;
using Planner.Inputs;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Loads of experts from the command line to the plan file and back, on a small model.</summary>
[TestFixture]
public sealed class ExpertPlanTest
{
    private static readonly string[] Job = ["--model", "mixtral-8x7b", "--gpus", "32", "--hw", "h100"];
    private static readonly string[] Layout = [.. Job, "--tp", "1", "--pp", "4", "--ep", "4", "--schedule", "1f1b", "--recompute", "full", "--sharding", "zero1"];
    private readonly TemporaryFolder folder = new();
    private string loads = "";

    [OneTimeSetUp]
    public void WriteLoads() => loads = Write("loads.csv", (layer, expert) => 100 + ((((layer * 7) + (expert * expert * 13)) % 29) * 11));

    [OneTimeTearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Estimate_IsThatOfItsOwnFactor()
    {
        var plan = Estimate("--loads", loads);
        var experts = Experts(plan);
        var factor = experts.GetProperty("imbalance").GetDouble();
        var contiguous = experts.GetProperty("imbalance_contiguous").GetDouble();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(factor, Is.InRange(experts.GetProperty("imbalance_bound").GetDouble(), contiguous - 0.1));
            Assert.That(factor, Is.EqualTo(experts.GetProperty("layers").EnumerateArray().Average(layer => layer.GetProperty("imbalance").GetDouble())).Within(1e-5));
            Assert.That(Step(plan), Is.EqualTo(Step(Estimate("--load-factor", Text(factor)))).Within(0.01).Percent);
            Assert.That(Step(plan) + experts.GetProperty("saved_s").GetDouble(), Is.EqualTo(Step(Estimate("--load-factor", Text(contiguous)))).Within(0.01).Percent);
            Assert.That(experts.GetProperty("proven_layers").GetInt32(), Is.EqualTo(32));
        }
    }

    [Test]
    public void Factors_AreThoseOfTheLists()
    {
        var rows = File.ReadLines(loads).Skip(1).Select(line => line.Split(',').Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToDictionary(cells => (cells[0], cells[1]), cells => cells[2]);
        foreach (var layer in Experts(Estimate("--loads", loads)).GetProperty("layers").EnumerateArray())
        {
            var number = layer.GetProperty("layer").GetInt32();
            var ranks = layer.GetProperty("ranks").EnumerateArray().Select(rank => rank.EnumerateArray().Sum(expert => rows[(number, expert.GetInt32())])).ToList();
            Assert.That(ranks.Max() / ranks.Average(), Is.EqualTo(layer.GetProperty("imbalance").GetDouble()).Within(1e-5), $"layer {number}");
        }
    }

    [Test]
    public async Task PlanFile_FitsTheSchema_SameBytes_AndComesBack()
    {
        var path = Path.Join(folder.Path, "plan.json");
        Assert.That(Command("estimate", [.. Layout, "--loads", loads, "-o", path]).Code, Is.Zero);
        var text = await File.ReadAllTextAsync(path);
        var schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "plan.schema.json")));
        var back = Command("estimate", ["--plan", path]);
        var again = Plan(Command("estimate", ["--plan", path, "--format", "json"]));
        var under = Plan(Command("estimate", ["--plan", path, "--loads", loads, "--format", "json"]));
        var drifted = Plan(Command("estimate", ["--plan", path, "--loads", Write("drift.csv", (_, expert) => expert == 0 ? 800 : 100), "--format", "json"]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.Validate(text), Is.Empty);
            Assert.That(text, Is.EqualTo(Command("estimate", [.. Layout, "--loads", loads, "--format", "json"]).Output));
            Assert.That(Step(again), Is.EqualTo(Step(Json(text))).Within(1e-3).Percent);
            Assert.That(Experts(again).GetProperty("layers").GetRawText(), Is.EqualTo(Experts(Json(text)).GetProperty("layers").GetRawText()));
            Assert.That(Experts(under).GetProperty("layers").GetRawText(), Is.EqualTo(Experts(Json(text)).GetProperty("layers").GetRawText()));
            Assert.That(Experts(drifted).GetProperty("layers")[0].GetProperty("ranks").GetRawText(), Is.EqualTo(Experts(under).GetProperty("layers")[0].GetProperty("ranks").GetRawText()));
            Assert.That(Experts(drifted).GetProperty("imbalance").GetDouble(), Is.EqualTo(900.0 / 1500 * 4).Within(1e-5), "the same places, another load");
            Assert.That(back.Output, Does.Contain("placed by load layer by layer").And.Contain("as the plan file has it"));
        }
    }

    [Test]
    public void Replicas_TakeMemory_AndEvenTheLoad()
    {
        var plan = Estimate("--loads", loads, "--replicas", "4", "--memory-limit", "120");
        var single = Estimate("--loads", loads, "--memory-limit", "120");
        var experts = Experts(plan);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(experts.GetProperty("imbalance").GetDouble(), Is.LessThan(Experts(single).GetProperty("imbalance").GetDouble()));
            Assert.That(experts.GetProperty("imbalance_without_copies").GetDouble(), Is.EqualTo(Experts(single).GetProperty("imbalance").GetDouble()).Within(1e-5));
            Assert.That(experts.GetProperty("copies_saved_s").GetDouble(), Is.EqualTo(Step(single) - Step(plan)).Within(2e-3));
            Assert.That(experts.GetProperty("copies_memory_gib").GetDouble(), Is.EqualTo(Peak(plan) - Peak(single)).Within(2e-3).And.GreaterThan(0));
            Assert.That(experts.GetProperty("layers")[0].GetProperty("ranks").EnumerateArray().Select(rank => rank.GetArrayLength()), Is.All.EqualTo(3));
        }
    }

    [Test]
    public void Solve_ProvesWithTheFinalLoad_AndWritesTables()
    {
        var tables = Path.Join(folder.Path, "tables");
        var run = Command("solve", [.. Job, "--pp", "4", "--micro-batch", "1", "--schedule", "1f1b", "--loads", loads, "--report", tables]);
        var experts = File.ReadAllLines(Path.Join(tables, "experts.csv"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Output, Does.Contain("placed by load layer by layer").And.Contain("every layer is within 0.1 % of what is proven"));
            Assert.That(run.Output, Does.Contain("optimal in the model"));
            Assert.That(run.Output.Split('\n').Select(line => line.Length), Is.All.LessThanOrEqualTo(100));
            var shares = experts.Skip(1).Select(line => line.Split(',')).GroupBy(cells => cells[0]).Select(layer => layer.Sum(cells => double.Parse(cells[3], CultureInfo.InvariantCulture))).ToList();
            Assert.That(shares, Has.Count.EqualTo(32));
            Assert.That(shares, Is.All.EqualTo(1).Within(1e-4));
            Assert.That(File.ReadLines(Path.Join(tables, "ranks.csv")).Skip(1), Is.All.EndsWith(",by layer,"));
        }
    }

    [Test]
    public void Pairs_AreReportedWithoutProof()
    {
        var pairs = Path.Join(folder.Path, "pairs.csv");
        File.WriteAllLines(pairs, ["layer,expert_a,expert_b,weight", .. Enumerable.Range(0, 32).SelectMany(layer => Enumerable.Range(0, 4).Select(a => $"{layer},{a},{a + 4},{a + 1}"))]);
        var run = Command("estimate", [.. Job, "--tp", "4", "--pp", "1", "--ep", "8", "--schedule", "1f1b", "--stack", "torchtitan", "--loads", loads, "--pairs", pairs, "--memory-limit", "200"]);
        Assert.That(run.Output, Does.Contain("(local search, no proof)").And.Contain("fewer of them across nodes is not in the step"));
    }

    [TestCase("--replicas 4", "--replicas needs --loads, a CSV of layer,expert,load")]
    [TestCase("--workload a", "--workload needs --loads, a CSV of layer,expert,load")]
    [TestCase("--loads {loads} --load-factor 1.2", "--load-factor and --loads both say how uneven the load is; leave one of the two out")]
    [TestCase("--loads {loads} --replicas 6", "--replicas 6 must be a multiple of the expert-parallel ranks, 2 or more; those allowed are 4")]
    [TestCase("--loads {loads} --replicas 12", "--replicas 12 is more than the 8 experts of mixtral-8x7b; allowed: multiples of the expert-parallel ranks up to 8")]
    [TestCase("--loads {loads} --replicas 4 --pairs {loads}", "--pairs and --replicas: pairs of experts that have copies are not counted; leave one of the two out")]
    [TestCase("--loads nowhere.csv", "nowhere.csv does not exist; check the path")]
    [TestCase("--loads {loads} --model llama3.1-8b", "--loads: llama3.1-8b has no experts; leave it out")]
    public void Contradictions_AreOneLine(string options, string complaint)
    {
        string[] given = options.Replace("{loads}", loads, StringComparison.Ordinal).Split(' ');
        string[] layout = given.Contains("--model") ? [.. Layout.Skip(2)] : Layout;
        Assert.That(Command("estimate", [.. layout, .. given]), Is.EqualTo(new Run(1, "", $"planner: {complaint}\n")));
    }

    [Test]
    public void MeasuredLoads_TakeThePlaceOfTheFactor()
    {
        var model = new ModelCatalog().Load("mixtral-8x7b").Spec;
        var machine = new HardwareCatalog().Load("h100").Spec;
        var stack = new StackCatalog().Load("megatron").Spec;
        var layout = new LayoutSpec(new Degrees(8, 1, 4, 4, 1, 1), 1, 64, new OneForwardOneBackward(), RecomputePolicy.None, Sharding.Zero1);
        var workload = new Workload(4096, 512, Precision.Bf16, 1.3);
        var given = new CostModel(model, machine, stack, workload).Items(layout);
        var measured = new CostModel(model, machine, stack, workload with { LoadFactor = null, Experts = new KnownExpertLoad(1.3, 1.3) }).Items(layout);
        var peaked = new CostModel(model, machine, stack, workload with { LoadFactor = null, Experts = new KnownExpertLoad(1.3, 2.6) }).Items(layout);
        var copied = new CostModel(model, machine, stack, workload with { ExtraExperts = 4 }).Items(layout);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(measured, Is.EqualTo(given));
            Assert.That(peaked with { RankBase = given.RankBase }, Is.EqualTo(given with { Head = peaked.Head }), "the worst layer is felt by transient memory alone");
            Assert.That(peaked.RankBase.StaticKib, Is.GreaterThan(given.RankBase.StaticKib));

            // BF16 weights and FP32 gradients of half as many experts again, a third of which are the rank's two.
            Assert.That(copied.Moe.StaticKib, Is.GreaterThan(given.Moe.StaticKib * 1.4).And.LessThan(given.Moe.StaticKib * 1.5));
            Assert.That(copied.Moe.ActivationKib, Is.EqualTo(given.Moe.ActivationKib));
        }
    }

    private string Write(string name, Func<int, int, int> load)
    {
        var path = Path.Join(folder.Path, name);
        File.WriteAllLines(path, ["layer,expert,load", .. Enumerable.Range(0, 32).SelectMany(layer => Enumerable.Range(0, 8).Select(expert => $"{layer},{expert},{load(layer, expert)}"))]);
        return path;
    }

    private static JsonElement Estimate(params string[] options) => Plan(Command("estimate", [.. Layout, .. options, "--format", "json"]));

    private static Run Command(string verb, params string[] options) => Run.Of(() => new PlanMaker(), debug: false, [verb, .. options]);

    private static JsonElement Plan(Run run)
    {
        Assert.That(run.Error, Is.Empty);
        return Json(run.Output);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static JsonElement Experts(JsonElement plan) => plan.GetProperty("decisions").GetProperty("experts");

    private static double Step(JsonElement plan) => plan.GetProperty("estimate").GetProperty("step_s").GetDouble();

    private static double Peak(JsonElement plan) => plan.GetProperty("estimate").GetProperty("memory").GetProperty("peak_gib").GetDouble();

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
