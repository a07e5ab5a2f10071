using System.Diagnostics;
using System.Text;
using CsCheck;
using NUnit.Framework;
using Planner.Inputs;
using Planner.Plans;

namespace Planner.Tests.Plans;

/// <summary>Whatever a plan file holds, the answer is the plan or one line.</summary>
[TestFixture]
public sealed class DamagedPlanTests
{
    private static readonly string Written = ChangedPlan.Was;

    [TestCase("", "p.json is empty; give a file of planner solve -o")]
    [TestCase(" \n\t\n", "p.json is empty; give a file of planner solve -o")]
    [TestCase("{\n  \"schema_version\": oops\n}", "p.json is not JSON: line 2, column 21; give a file of planner solve -o")]
    [TestCase("{'a': 1}", "p.json is not JSON: line 1, column 2; give a file of planner solve -o")]
    [TestCase("{\"a\": 1} {}", "p.json is not JSON: line 1, column 10; give a file of planner solve -o")]
    [TestCase("{\"a\": NaN}", "p.json is not JSON: line 1, column 7; give a file of planner solve -o")]
    [TestCase("{\"a\": Infinity}", "p.json is not JSON: line 1, column 7; give a file of planner solve -o")]
    [TestCase("<<<<<<< HEAD\n{}", "p.json is not JSON: line 1, column 1; give a file of planner solve -o")]
    [TestCase("{\n\"a\": 1e999}", "p.json: line 2: the number is too large")]
    [TestCase("{\n\"a\": {\n\"b\": 1, \"b\": 1}}", "p.json: line 3: \"b\" is given twice; keep one")]
    [TestCase("{\"a\": 1, \"\\u0061\": 1}", "p.json: line 1: \"a\" is given twice; keep one")]
    [TestCase("{\"a\": \"\\ud800\"}", "p.json: line 1: half of a surrogate pair in a text")]
    [TestCase("{\"\\udc00\": 1}", "p.json: line 1: half of a surrogate pair in a text")]
    [TestCase("{\n\"a\": [1,\n", "p.json ends in the middle, in line 3; it may be cut short: write it again with planner solve -o")]
    [TestCase("{\"schema_version\": \"1.1\", \"reque", "p.json ends in the middle, in line 1; it may be cut short: write it again with planner solve -o")]
    [TestCase("{\n", "p.json ends in the middle, in line 2; it may be cut short: write it again with planner solve -o")]
    [TestCase("[", "p.json ends in the middle, in line 1; it may be cut short: write it again with planner solve -o")]
    [TestCase("[1]", "p.json: the file: an object is expected")]
    [TestCase("\"plan\"", "p.json: the file: an object is expected")]
    [TestCase("{}", "p.json is no plan file: it has no schema_version; give a file of planner solve -o")]
    [TestCase("{\"name\": \"web\", \"version\": \"1.0.0\"}", "p.json is no plan file: it has no schema_version; give a file of planner solve -o")]
    [TestCase("{\"schema_version\": 1}", "p.json: schema_version: a text is expected")]
    [TestCase("{\"schema_version\": \"2.0\"}", "p.json: schema_version 2.0 is newer than this planner reads (1.x); use a newer planner")]
    [TestCase("{\"schema_version\": \"1\"}", "p.json: schema_version \"1\" is not a version such as 1.1")]
    [TestCase("{\"schema_version\": \"0.9\"}", "p.json: schema_version \"0.9\" is not a version such as 1.1")]
    [TestCase("{\"schema_version\": \"1.0.0\"}", "p.json: schema_version \"1.0.0\" is not a version such as 1.1")]
    [TestCase("{\"schema_version\": \"a\\nb\"}", "p.json: schema_version \"a\\u000ab\" is not a version such as 1.1")]
    [TestCase("{\"schema_version\": \"1.1\"}", "p.json: the file: 'request' is missing")]
    [TestCase("{\"schema_version\": \"1.1\", \"front\": []}", "p.json holds a front of plans (--objective pareto), not one plan; give a file of planner solve -o for one")]
    [TestCase("{\"schema_version\": \"1.1\", \"sweep\": []}", "p.json holds a table of plans (several --gpus or --batch), not one plan; give a file of planner solve -o for one")]
    [TestCase("{\"schema_version\": \"1.1\", \"infeasible\": {}}", "p.json holds the answer that there is no plan, not one plan; give a file of planner solve -o for one")]
    public void Read_NoPlan_SaysWhatItIs(string text, string message) => Refuses(text, message);

    // What two places of a file say must agree, and what is decided must be understood: nothing of it is passed over.
    [TestCase("\"etp\": 1,", "\"etp\": 2,", "p.json: decisions.degrees.etp: experts are not cut by tensor parallelism here; only 1 is allowed")]
    [TestCase("\"dp\": 128,", "\"dp\": 2147483647,", "p.json: decisions.degrees: tp x cp x pp x dp = 34359738352, but the request has 2048 gpus")]
    [TestCase("{\"stage\":3,", "{\"stage\":4,", "p.json: decisions.stages[3].stage: 4 does not agree with the layout, the degrees and the schedule, which make it 3")]
    [TestCase("\"stage\":3,\"rank\":3", "\"stage\":3,\"rank\":2", "p.json: decisions.stages[3].rank: 2 does not agree with the layout, the degrees and the schedule, which make it 3")]
    [TestCase("\"stage\":3,\"rank\":3,\"chunk\":0", "\"stage\":3,\"rank\":3,\"chunk\":1", "p.json: decisions.stages[3].chunk: 1 does not agree with the layout, the degrees and the schedule, which make it 0")]
    [TestCase("\"first_layer\":4,", "\"first_layer\":5,", "p.json: decisions.stages[1].first_layer: 5 does not agree with the layout, the degrees and the schedule, which make it 4")]
    [TestCase("\"last_layer\":7,", "\"last_layer\":8,", "p.json: decisions.stages[1].last_layer: 8 does not agree with the layout, the degrees and the schedule, which make it 7")]
    [TestCase("\"layers\":\"tttt\",\"recompute\":\"selective\"", "\"layers\":\"tttt\",\"recompute\":\"full\"", "p.json: decisions.stages: a stage recomputes 'full', but the decisions say 'selective'; make both the same, or say 'per-stage'")]
    [TestCase("\"policy\": \"balanced\"", "\"policy\": \"best\"", "p.json: decisions.experts.policy: 'best' is not allowed; choose from none, contiguous, balanced")]
    [TestCase("\"policy\": \"balanced\"", "\"policy\": \"contiguous\"", "p.json: decisions.experts.layers: experts are placed, but the policy is contiguous; say balanced, or leave layers out")]
    [TestCase("\"copies\": 0", "\"copies\": 64", "p.json: decisions.experts.copies: 64 does not agree with the layers, which hold 0")]
    [TestCase("\"imbalance\": 1.5", "\"imbalance\": 1.1", "p.json: decisions.experts.imbalance: 1.1 does not agree with the layers, whose mean is 1.5")]
    [TestCase("{\"layer\":4,", "{\"layer\":3,", "p.json: decisions.experts.layers: layer 3 is given twice; keep one")]
    [TestCase("[[0,1,2,3],", "[[0,1,2],", "p.json: decisions.experts: every rank must hold the same number of experts, 1 or more")]
    [TestCase("[[0,1,2,3],", "[", "p.json: decisions.experts.layers[0].ranks: 63 lists for 64 expert-parallel ranks")]
    [TestCase("\"step_s\": 19.9261,\n    \"step_parts\"", "\"step_s\": 0,\n    \"step_parts\"", "p.json: estimate.step_s: a number above 0 is expected")]
    [TestCase("\"mfu\": 0.390255", "\"mfu\": \"high\"", "p.json: estimate.mfu: \"high\" is not a number")]
    [TestCase("\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": -74.5058", "p.json: request.memory_limit_gib: a number above 0 is expected")]
    [TestCase("\"precision\": \"fp8\"", "\"precision\": \"f\\np\"", "p.json: request.precision: 'f\\u000ap' is not allowed; choose from bf16, fp16, fp8, mxfp8, nvfp4")]
    public void Read_Contradiction_SaysWhere(string good, string bad, string message) => Refuses(ChangedPlan.Edited(Written, (good, bad)), message);

    [Test]
    public void Read_DeepOrManyValues_OneLine()
    {
        Refuses(new string('[', 1_000_000), "p.json: line 1: nested more than 32 deep");
        Refuses("{\"a\":" + new string('[', 200) + new string(']', 200) + "}", "p.json: line 1: nested more than 32 deep");
        Refuses("[" + string.Concat(Enumerable.Repeat("0,", 4_100_000)) + "0]", "p.json: line 1: more than 4000000 values; a plan has a few thousand");
        Refuses(
            ChangedPlan.Edited(Written, ("\"layout\": \"", "\"layout\": \"E(t|)*999999999,")),
            "p.json: decisions.layout: more than 100000 letters");
    }

    [Test]
    public void ReadFile_NoFileToRead_OneLine()
    {
        using var folder = new TemporaryFolder();
        var plan = Path.Join(folder.Path, "plan.json");
        File.WriteAllText(plan, Written);
        var link = Path.Join(folder.Path, "link.json");
        File.CreateSymbolicLink(link, plan);
        Assert.That(PlanFileReader.ReadFile(link).Request.Gpus, Is.EqualTo(2048));

        var round = Path.Join(folder.Path, "round.json");
        File.CreateSymbolicLink(round, Path.Join(folder.Path, "about.json"));
        File.CreateSymbolicLink(Path.Join(folder.Path, "about.json"), round);
        var binary = Write("binary.json", [0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0xFF]);
        var utf16 = Write("utf16.json", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Written)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Line(round), Does.StartWith($"{round} cannot be read: "));
            Assert.That(Line(folder.Path), Is.EqualTo($"{folder.Path} is a directory; give the file inside it, for example {plan}"));
            Assert.That(Line("/nowhere/plan.json"), Is.EqualTo("/nowhere/plan.json does not exist; check the path"));
            Assert.That(Line(binary), Is.EqualTo($"{binary} is not UTF-8 text; save it as UTF-8"));
            Assert.That(Line(utf16), Is.EqualTo($"{utf16} is not UTF-8 text; save it as UTF-8"));
            Assert.That(Line("/dev/zero"), Is.EqualTo("/dev/zero is larger than 64 MB; a plan takes a few kB, a few hundred where experts are placed"));
            Assert.That(Line("/dev/null"), Is.EqualTo("/dev/null is empty"));
        }

        string Write(string name, byte[] bytes)
        {
            File.WriteAllBytes(Path.Join(folder.Path, name), bytes);
            return Path.Join(folder.Path, name);
        }
    }

    [Test]
    public void ReadFile_ByteOrderMark_IsSkipped()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Join(folder.Path, "plan.json");
        File.WriteAllText(path, Written, new UTF8Encoding(true));
        Assert.That(PlanFileReader.ReadFile(path).Line("request"), Is.EqualTo(3));
    }

    // The file is in memory when its text is looked at: what happens to it then does not matter.
    [Test]
    public void Read_StreamThatChanges_IsReadOnce()
    {
        using var stream = new OnceOnly(Encoding.UTF8.GetBytes(Written));
        Assert.That(PlanFileReader.Read(stream, "p.json").MicroBatches, Is.EqualTo(120));
    }

    [Test]
    public void Read_CutAnywhere_OneLine()
    {
        for (var length = 0; length < Written.Length - 2; length += 7) Assert.That(OneLineOf(Written[..length]), Is.Not.Null, $"cut after {length}");
    }

    [Test]
    public void Read_Damaged_IsAPlanOrOneLine()
    {
        string[] scraps = ["", "0", "-1", "1e308", "1e-320", "null", "{}", "[]", "\"", ",", "}", "true", "99999999999999999999", "\"t\"", "\\", "|", "*9", "\u0000", "\u2028"];
        Gen.Select(Gen.Int[0, Written.Length - 1], Gen.Int[0, 12], Gen.Int[0, scraps.Length - 1]).Sample(
            (at, drop, scrap) => OneLineOf(Written[..at] + scraps[scrap] + Written[Math.Min(Written.Length, at + drop)..]) is not "",
            iter: 3000);
    }

    // A file that no plan is larger than, of values that no plan has: seconds at most, never the machine's memory.
    [Test]
    public void Read_LargeFile_AnswersSoon()
    {
        var watch = Stopwatch.StartNew();
        Refuses("{\"schema_version\": \"1.1\", \"request\": {" + string.Join(',', Enumerable.Range(0, 1_500_000).Select(i => $"\"k{i}\":{i}")) + "}}", "p.json: request: unknown member \"k0\". Leave it out");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)));
    }

    private static string Line(string path) => Assert.Throws<InputException>(() => PlanFileReader.ReadFile(path))!.Message;

    private static void Refuses(string text, string message) => Assert.That(OneLineOf(text), Is.EqualTo(message));

    // Null where it is a plan.
    private static string? OneLineOf(string text)
    {
        try
        {
            PlanFileReader.Read(text, "p.json");
            return null;
        }
        catch (Exception known) when (known is RefusedException or InputException)
        {
            return known.Message.Any(char.IsControl) ? throw new InvalidOperationException("a control character in: " + known.Message) : known.Message;
        }
    }

    private sealed class OnceOnly(byte[] bytes) : MemoryStream(bytes)
    {
        private bool ended;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (ended) throw new IOException("read after its end");
            var read = base.Read(buffer, offset, count);
            ended = read == 0;
            return read;
        }

        public override bool CanSeek => false;
    }
}
