using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Tests.Plans;

[TestFixture]
public sealed class PlanFileReaderTests
{
    private static readonly string Written = PlanFileWriter.Write(SamplePlan.Plan());

    [Test]
    public void Read_WrittenPlan_GivesBackRequestAndDecisions()
    {
        var saved = PlanFileReader.Read(Written, "plan.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((saved.Request.Model, saved.Request.Hardware, saved.Request.Stack), Is.EqualTo(("v3-671b", "h800", "deepseek")));
            Assert.That((saved.Request.Gpus, saved.Request.SequenceLength, saved.Request.GlobalBatch, saved.Request.Precision), Is.EqualTo((2048, 4096, 15360, Precision.Fp8)));
            Assert.That(saved.Request.MemoryLimit.Gib, Is.EqualTo(80e9 / (1 << 30)).Within(1e-4));
            Assert.That(saved.Request.Tokens, Is.EqualTo(14.8e12));
            Assert.That(saved.Request.LoadFactor, Is.Null);
            Assert.That(saved.Request.Extrapolate, Is.False);
            Assert.That(
                saved.Pins.ByName().Select(pin => $"{pin.Key}={string.Join(',', pin.Value)}"),
                Is.EqualTo(new[]
                {
                    "tp=1", "cp=1", "pp=16", "vpp=1", "ep=64", "dp=128", "micro_batch=1", "schedule=dualpipe", "recompute=selective", "sharding=zero1",
                }));
            Assert.That(saved.MicroBatches, Is.EqualTo(120));
            Assert.That(StageLetters.Place(saved.Stages, SamplePlan.Plan().Model, 16).Stages, Is.EqualTo(SamplePlan.Stages.Stages));
        }
    }

    [Test]
    public void Read_RequestOfItsOwn_IsKept()
    {
        var plan = SamplePlan.Plan();
        plan = plan with
        {
            Request = plan.Request with { LoadFactor = 1.25, Tokens = null, Extrapolate = true, Precision = Precision.Bf16 },
            Layout = plan.Layout with { Sharding = Sharding.Zero3 },
        };
        var saved = PlanFileReader.Read(PlanFileWriter.Write(plan), "plan.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((saved.Request.LoadFactor, saved.Request.Tokens, saved.Request.Extrapolate), Is.EqualTo(((double?)1.25, (double?)null, true)));
            Assert.That((saved.Request.Precision, saved.Pins.Sharding[0]), Is.EqualTo((Precision.Bf16, Sharding.Zero3)));
        }
    }

    [Test]
    public void Read_WholeRequest_IsKept()
    {
        var plan = SamplePlan.Plan();
        var request = plan.Request with
        {
            Gpus = 2064,
            TensorPolicy = TensorPolicy.Allow,
            Objective = Objective.Memory,
            StepIncrease = 0.075,
            Trainable = Trainable.Lora,
            Robust = true,
            Nodes = new NodeLimits([3, 17], 2),
            Experts = new ExpertRequest("loads.csv", "code", "pairs.csv", 64),
            Pins = Everything.ByName(),
        };
        var inputs = plan.Inputs with { Loads = new string('d', 64), Pairs = new string('e', 64) };
        var saved = PlanFileReader.Read(PlanFileWriter.Write(plan with { Request = request, Inputs = inputs }), "plan.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saved.Request with { Pins = [], MemoryLimit = default, Nodes = NodeLimits.None }, Is.EqualTo(request with { Pins = [], MemoryLimit = default, Nodes = NodeLimits.None }));
            Assert.That(saved.Request.Nodes, Is.EqualTo(request.Nodes));
            Assert.That(saved.Inputs, Is.EqualTo(inputs));
            Assert.That(Spelled(saved.Asked.ByName()), Is.EqualTo(Spelled(request.Pins)));
            Assert.That(Spelled(saved.Request.Pins), Is.EqualTo(Spelled(request.Pins)));
        }
    }

    private static PlanPins Everything { get; } =
        new([1, 2], [1], [8, 16], [1], [32, 64], [128], [1, 2], ["dualpipe", "1f1b"], ["none", "full"], [Sharding.Zero1, Sharding.Zero2]) { UniformRecompute = true };

    private static IEnumerable<string> Spelled(IEnumerable<KeyValuePair<string, ImmutableArray<string>>> pins) =>
        pins.Select(pin => $"{pin.Key}={string.Join(',', pin.Value)}");

    [TestCase("\"pp\": [8,16]", "\"ppp\": [8,16]", "p.json: request.pins: unknown member \"ppp\". Did you mean pp or vpp or cp? Leave it out")]
    [TestCase("\"pp\": [8,16]", "\"pp\": [8,0]", "p.json: request.pins.pp[1]: 0 is not a whole number from 1")]
    [TestCase("\"pp\": [8,16]", "\"sharding\": [\"zero9\"]", "p.json: request.pins.sharding[0]: 'zero9' is not allowed; choose from none, zero1, zero2, zero3")]
    [TestCase("\"tp_policy\": \"avoid\"", "\"tp_policy\": \"never\"", "p.json: request.tp_policy: 'never' is not allowed; choose from avoid, allow, pinned")]
    [TestCase("\"objective\": \"time\"", "\"objective\": \"time\", \"robust\": 1", "p.json: request.robust: true or false is expected")]
    public void Read_WrongRequest_SaysWhereInOneLine(string good, string bad, string message) => Read_WrongFile_SaysWhereInOneLine(good, bad, message);

    [Test]
    public void Read_NewerMinorWithUnknownKeys_IsRead()
    {
        var newer = Written
            .Replace("\"schema_version\": \"1.1\",", "\"schema_version\": \"1.7\", \"novelty\": {\"a\": [1]},", StringComparison.Ordinal)
            .Replace("\"gpus\": 2048,", "\"gpus\": 2048, \"region\": \"x\",", StringComparison.Ordinal);
        Assert.That(PlanFileReader.Read(newer, "plan.json").Request.Gpus, Is.EqualTo(2048));
    }

    [TestCase("\"schema_version\": \"1.1\"", "\"schema_version\": \"2.0\"", "p.json: schema_version 2.0 is newer than this planner reads (1.x); use a newer planner")]
    [TestCase("\"schema_version\": \"1.1\"", "\"schema_version\": \"one\"", "p.json: schema_version \"one\" is not a version such as 1.1")]
    [TestCase("\"pp\": 16,", "", "p.json: decisions.degrees: 'pp' is missing")]
    [TestCase("\"pp\": 16,", "\"pp\": 0,", "p.json: decisions.degrees.pp: 0 is not a whole number from 1")]
    [TestCase("\"pp\": 16,", "\"pp\": \"16\",", "p.json: decisions.degrees.pp: \"16\" is not a whole number from 1")]
    [TestCase("\"pp\": 16,", "\"pp\": 8,", "p.json: decisions.degrees: tp x cp x pp x dp = 1024, but the request has 2048 gpus")]
    [TestCase("\"precision\": \"fp8\"", "\"precision\": \"int4\"", "p.json: request.precision: 'int4' is not allowed; choose from bf16, fp16, fp8, mxfp8, nvfp4")]
    [TestCase("\"layers\":\"Etttt\"", "\"layers\":\"Ettt\"", "p.json: decisions.stages: the stages are not those of layout; make both the same")]
    [TestCase("\"layout\": \"", "\"layout\": \"x", "p.json: decisions.layout: 'x' is not allowed; a layout is made of E t m L |, (...)*N and x*N")]
    public void Read_WrongFile_SaysWhereInOneLine(string good, string bad, string message)
    {
        Assert.That(Written, Does.Contain(good));
        Assert.That(
            () => PlanFileReader.Read(Written.Replace(good, bad, StringComparison.Ordinal), "p.json"),
            Throws.TypeOf<RefusedException>().With.Message.EqualTo(message));
    }
}
