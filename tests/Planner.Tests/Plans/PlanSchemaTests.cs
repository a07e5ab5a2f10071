using System.Runtime.CompilerServices;
using System.Text.Json;
using NJsonSchema;
using NUnit.Framework;
using Planner.Plans;
using Planner.Plans.Schema;

namespace Planner.Tests.Plans;

/// <summary>One declaration, the schema that ships and the writer say the same.</summary>
[TestFixture]
public sealed class PlanSchemaTests
{
    private static readonly string Project = Root();

    private static readonly string Shipped = Path.Join(Project, "data", "schema", "plan.schema.json");

    [Test]
    public void Json_IsTheFileThatShips()
    {
        var declared = PlanSchema.Json();
        if (Environment.GetEnvironmentVariable("PLANNER_ACCEPT") == "1") File.WriteAllText(Shipped, declared);
        Assert.That(File.ReadAllText(Shipped), Is.EqualTo(declared), "run with PLANNER_ACCEPT=1 and read what it wrote");
    }

    // A plan with everything and one with as little as can be: what they write is what is declared, in the declared order.
    [Test]
    public void Plan_IsWhatTheWriterWrites()
    {
        var written = new HashSet<string>();
        var plan = SamplePlan.Plan();
        Plan[] plans =
        [
            FullPlan.Plan(),
            plan,
            plan with { Solver = null, Machine = plan.Machine with { PricePerGpuHour = null }, Request = plan.Request with { Tokens = null, Pins = [] } },
            plan with { Alternatives = [], TieSet = [], Findings = [], Rejected = [], Estimate = plan.Estimate with { ExpertLoad = null } },
        ];
        foreach (var each in plans)
        {
            using var document = JsonDocument.Parse(PlanFileWriter.Write(each));
            Walk(document.RootElement, PlanSchema.Plan, "", written);
        }

        var declared = new HashSet<string>();
        Members(PlanSchema.Plan, "", declared);
        Assert.That(written, Is.EquivalentTo(declared));
        Assert.That(declared, Has.Count.GreaterThan(150));
    }

    [Test]
    public async Task Plans_FitTheSchema()
    {
        var schema = await JsonSchema.FromFileAsync(Shipped);
        var files = PlanTexts().ToList();
        Assert.That(files, Has.Count.GreaterThanOrEqualTo(8));
        foreach (var (name, text) in files.Append(("everything", PlanFileWriter.Write(FullPlan.Plan()))))
        {
            Assert.That(schema.Validate(text), Is.Empty, name);
            Assert.That(() => PlanFileReader.Read(text, name), Throws.Nothing);
        }
    }

    // What the declaration does not know is a slip: in a file of a known version nothing is passed over.
    [TestCase("\"request\": {", "\"rquest\": {}, \"request\": {", "the file: unknown member \"rquest\". Did you mean request? Leave it out")]
    [TestCase("\"gpus\": 2048", "\"gpu\": 8, \"gpus\": 2048", "request: unknown member \"gpu\". Did you mean gpus? Leave it out")]
    [TestCase("\"pp\": [8,16]", "\"pip\": [8]", "request.pins: unknown member \"pip\". Did you mean pp or cp or dp? Leave it out")]
    [TestCase("\"etp\": 1", "\"etp\": 1, \"sp\": 2", "decisions.degrees: unknown member \"sp\". Did you mean cp or dp or ep? Leave it out")]
    [TestCase("\"sharding\": \"zero1\"", "\"sharding\": \"zero1\", \"offload\": true", "decisions: unknown member \"offload\". Leave it out")]
    [TestCase("{\"stage\":3,", "{\"stage\":3,\"vpp\":1,", "decisions.stages[3]: unknown member \"vpp\". Leave it out")]
    [TestCase("\"policy\": \"contiguous\"", "\"policy\": \"contiguous\", \"rank\": 1", "decisions.experts: unknown member \"rank\". Leave it out")]
    [TestCase("\"bubble_s\": 1.18417", "\"bubble_s\": 1.18417, \"b\\nubble\": 0", "estimate.step_parts: unknown member \"b\\u000aubble\". Leave it out")]
    public void Read_UnknownMember_IsRefusedButInANewerMinor(string good, string bad, string message)
    {
        var text = ChangedPlan.Edited(PlanFileWriter.Write(SamplePlan.Plan()), (good, bad.Replace("\n", "\\n", StringComparison.Ordinal)));
        Assert.That(() => PlanFileReader.Read(text, "p.json"), Throws.TypeOf<RefusedException>().With.Message.EqualTo("p.json: " + message));
        var newer = ChangedPlan.Edited(text, ("\"schema_version\": \"1.1\"", "\"schema_version\": \"1.99\""));
        Assert.That(() => PlanFileReader.Read(newer, "p.json"), Throws.Nothing);
    }

    // Every plan file of the project: examples, golden files, one for each version of the schema.
    private static IEnumerable<(string Name, string Text)> PlanTexts()
    {
        foreach (var folder in (string[])["examples", "tests"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.Join(Project, folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var parts = Path.GetRelativePath(Project, file).Split(Path.DirectorySeparatorChar);
                if (parts.Any(part => part is "bin" or "obj") || !(file.EndsWith(".json", StringComparison.Ordinal) || file.EndsWith(".json.verified.txt", StringComparison.Ordinal))) continue;
                var text = File.ReadAllText(file);
                if (text.Contains("\"schema_version\"", StringComparison.Ordinal) && text.Contains("\"decisions\": {", StringComparison.Ordinal)) yield return (string.Join('/', parts), text);
            }
        }
    }

    private static void Walk(JsonElement value, Shape shape, string path, HashSet<string> written)
    {
        switch (shape)
        {
            case NamedShape named:
                Walk(value, named.Shape, path, written);
                break;
            case MaybeShape maybe when value.ValueKind != JsonValueKind.Null:
                Walk(value, maybe.Value, path, written);
                break;
            case ArrayShape array:
                foreach (var item in value.EnumerateArray()) Walk(item, array.Item, path + "[]", written);
                break;
            case ObjectShape known:
                var names = value.EnumerateObject().Select(member => member.Name).ToList();
                Assert.That(names, Is.EqualTo(known.Members.Select(member => member.Name).Where(names.Contains)), $"members of {path} in another order, or not declared");
                Assert.That(known.Members.Where(member => member.Needed).Select(member => member.Name), Is.SubsetOf(names), path);
                foreach (var member in known.Members.Where(member => names.Contains(member.Name)))
                {
                    written.Add($"{path}.{member.Name}");
                    Walk(value.GetProperty(member.Name), member.Shape, $"{path}.{member.Name}", written);
                }

                break;
            default:
                break;
        }
    }

    private static void Members(Shape shape, string path, HashSet<string> declared)
    {
        switch (shape)
        {
            case NamedShape named:
                Members(named.Shape, path, declared);
                break;
            case MaybeShape maybe:
                Members(maybe.Value, path, declared);
                break;
            case ArrayShape array:
                Members(array.Item, path + "[]", declared);
                break;
            case ObjectShape known:
                foreach (var member in known.Members)
                {
                    declared.Add($"{path}.{member.Name}");
                    Members(member.Shape, $"{path}.{member.Name}", declared);
                }

                break;
            default:
                break;
        }
    }

    private static string Root([CallerFilePath] string test = "") => Path.GetFullPath(Path.Join(Path.GetDirectoryName(test), "..", "..", ".."));
}
