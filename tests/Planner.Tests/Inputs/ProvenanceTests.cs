using System.Text.Json;
using NUnit.Framework;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>No number ships without where it is from. Walks the files with the library's own parser, not the tool's.</summary>
[TestFixture]
public sealed class ProvenanceTests
{
    private static readonly string[] Kinds = ["measured", "fitted", "data_sheet", "derived", "assumed"];

    [TestCase("hardware")]
    [TestCase("stacks")]
    public void EveryNumber_HasValueKindAndSource(string folder)
    {
        int numbers = 0;
        foreach (string name in Shipped.Names(folder))
        {
            using JsonDocument file = JsonDocument.Parse(Shipped.Text($"{folder}/{name}.json"));
            numbers += Walk(file.RootElement, name);
        }

        Assert.That(numbers, Is.GreaterThan(folder == "hardware" ? 35 : 80), "the walk must have seen the numbers");
    }

    [Test]
    public void EveryTrainingDefault_HasValueKindAndSource()
    {
        foreach (string name in Shipped.Names("models"))
        {
            using JsonDocument file = JsonDocument.Parse(Shipped.Text($"models/{name}.json"));
            Assert.That(Walk(file.RootElement.GetProperty("training"), name), Is.GreaterThanOrEqualTo(2));
        }
    }

    [Test]
    public void Constants_HoldEverySourcedNumberOfTheFile()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (string name in Shipped.Names("hardware"))
                Assert.That(new HardwareCatalog().Load(name).Spec.Constants, Has.Length.EqualTo(Sourced($"hardware/{name}.json")), name);
            foreach (string name in Shipped.Names("stacks"))
                Assert.That(new StackCatalog().Load(name).Spec.Constants, Has.Length.AtLeast(Sourced($"stacks/{name}.json")), name);
            foreach (string name in (string[])["deepseek", "megatron"])
                Assert.That(new StackCatalog().Load(name).Spec.Constants, Has.Length.EqualTo(Sourced($"stacks/{name}.json")), $"{name} has no base");
        }
    }

    [Test]
    public void Constants_CarryPathValueKindAndSource()
    {
        Constant constant = new StackCatalog().Load("deepseek").Spec.Constants.Single(found => found.Path == "experts.bandwidths.64.dispatch_gb_s");
        Assert.That(
            constant,
            Is.EqualTo(new Constant(
                "experts.bandwidths.64.dispatch_gb_s",
                "46",
                SourceKind.Measured,
                "DeepEP README 2025-02-24, H800, 4096 tokens, 24 SMs, RDMA; range: 10 % for 20 SMs, other traffic and other token counts")
            {
                Range = (41.4, 50.6),
            }));
    }

    private static int Walk(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                Assert.Fail($"{path} is a number without a source");
                return 1;
            case JsonValueKind.Array:
                return element.EnumerateArray().Sum(item => Walk(item, path + "[]"));
            case JsonValueKind.Object when element.TryGetProperty("value", out _):
                string[] fields = [.. element.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)];
                Assert.That(fields.Except(["range"]), Is.EqualTo((string[])["kind", "source", "value"]), path);
                Assert.That(Kinds, Does.Contain(element.GetProperty("kind").GetString()), path);
                Assert.That(element.GetProperty("source").GetString(), Is.Not.Empty, path);
                return 1;
            case JsonValueKind.Object:
                return element.EnumerateObject().Sum(field => Walk(field.Value, path + "." + field.Name));
            default:
                return 0;
        }
    }

    private static int Sourced(string file)
    {
        using JsonDocument document = JsonDocument.Parse(Shipped.Text(file));
        return Walk(document.RootElement, file);
    }
}
