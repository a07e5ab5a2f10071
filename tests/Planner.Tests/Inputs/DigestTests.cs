using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using NUnit.Framework;
using Planner.Inputs;
using Planner.Inputs.Json;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class DigestTests
{
    [TestCase("{\"a\":1,\"b\":[1,2]}", "{ \"b\" : [1.0, 2e0],\n\t\"a\" : 1 }", true)]
    [TestCase("{\"a\":0.1}", "{\"a\":1e-1}", true)]
    [TestCase("{\"a\":0}", "{\"a\":-0.0}", true)]
    [TestCase("{\"a\":\"é\"}", "{\"a\":\"\\u00e9\"}", true)]
    [TestCase("{\"a\":[1,2]}", "{\"a\":[2,1]}", false)]
    [TestCase("{\"a\":1}", "{\"a\":\"1\"}", false)]
    [TestCase("{\"a\":1}", "{\"a\":true}", false)]
    [TestCase("{\"a\":{}}", "{\"a\":[]}", false)]
    [TestCase("{\"a\":null}", "{}", false)]
    [TestCase("{\"a\":9007199254740993}", "{\"a\":9007199254740992}", false)]
    public void Digest_IsOfTheContent(string left, string right, bool same) =>
        Assert.That(Digest(left) == Digest(right), Is.EqualTo(same));

    // The canonical form is [{"a":1,"b":"x"}] (the file, then the tables it rests on); its sha256 was computed with sha256sum.
    [Test]
    public void Digest_IsPlainSha256() =>
        Assert.That(Digest("{\"b\":\"x\",\"a\":1.0}"), Is.EqualTo("a103829f0f464d4252e13d7b7911f6abd24978a09a93fdd84e37c32cde9345c2"));

    [Test]
    public void ShuffledFields_KeepTheDigest()
    {
        JsonNode root = JsonNode.Parse(Shipped.Text("models/v3-671b.json"))!;
        string digest = new ModelCatalog().Load("v3-671b").Digest;
        Gen.Int.Sample(
            seed => Digest(Shuffled(root, new Random(seed)).ToJsonString()) == digest,
            iter: 50,
            threads: 1);
    }

    [Test]
    public void Digests_DifferBetweenInputs()
    {
        var models = new ModelCatalog();
        var hardware = new HardwareCatalog();
        var stacks = new StackCatalog();
        string[] all =
        [
            .. models.Names.Select(name => models.Load(name).Digest),
            .. hardware.Names.Select(name => hardware.Load(name).Digest),
            .. stacks.Names.Select(name => stacks.Load(name).Digest),
        ];
        Assert.That(all, Is.Unique);
        Assert.That(all, Is.All.Match("^[0-9a-f]{64}$"));
    }

    // Each value of a file, one at a time: none is left out of its digest.
    [TestCase("models/v3-671b.json")]
    [TestCase("hardware/h800.json")]
    [TestCase("stacks/deepseek.json")]
    public void EveryValue_ChangesTheDigest(string file)
    {
        var text = Shipped.Text(file);
        var digests = new List<string> { Digest(text) };
        for (var value = 0; Changed(text, value) is { } changed; value++) digests.Add(Digest(changed));
        Assert.That(digests, Has.Count.GreaterThan(20));
        Assert.That(digests, Is.Unique);
    }

    // Order, white space and the spelling of every number, all at once.
    [TestCase("models/v3-671b.json")]
    [TestCase("hardware/h800.json")]
    [TestCase("stacks/deepseek.json")]
    public void Respelled_KeepsTheDigest(string file)
    {
        var text = Shipped.Text(file);
        var shuffled = Shuffled(JsonNode.Parse(text)!, new Random(7)).ToJsonString();
        var respelled = System.Text.RegularExpressions.Regex.Replace(
            shuffled, "(?<=[:,\\[])-?[0-9]+(\\.[0-9]+)?(?=[,\\]}])", number => number.Value + (number.Value.Contains('.', StringComparison.Ordinal) ? "00" : ".0") + "E+0");
        Assert.That(respelled, Is.Not.EqualTo(shuffled));
        Assert.That(Digest(respelled.Replace(",\"", " ,\r\n\t\"", StringComparison.Ordinal)), Is.EqualTo(Digest(text)));
    }

    // The file with its n-th value changed; null where it has no more.
    private static string? Changed(string text, int which)
    {
        var root = JsonNode.Parse(text)!;
        var leaves = Leaves(root).ToList();
        if (which >= leaves.Count) return null;
        var (parent, key, index, leaf) = leaves[which];
        JsonNode other = leaf.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.Number => leaf.GetValue<double>() + 1,
            System.Text.Json.JsonValueKind.String => leaf.GetValue<string>() + "x",
            System.Text.Json.JsonValueKind.True => false,
            _ => true,
        };
        if (key is not null) parent[key] = other;
        else parent[index] = other;
        return root.ToJsonString();
    }

    private static IEnumerable<(JsonNode Parent, string? Key, int Index, JsonNode Leaf)> Leaves(JsonNode node)
    {
        var children = node switch
        {
            JsonObject fields => fields.Select(field => (Key: (string?)field.Key, Index: 0, field.Value)),
            JsonArray items => items.Select((item, index) => (Key: (string?)null, Index: index, Value: item)),
            _ => [],
        };
        foreach (var (key, index, value) in children.Where(child => child.Value is not null))
        {
            if (value is JsonValue) yield return (node, key, index, value);
            else foreach (var leaf in Leaves(value!)) yield return leaf;
        }
    }

    private static string Digest(string text) => CanonicalDigest.Of(JsonFile.Parse(new InputText("t", Encoding.UTF8.GetBytes(text))).Root);

    private static JsonNode Shuffled(JsonNode node, Random random)
    {
        if (node is not JsonObject fields)
            return node.DeepClone();
        KeyValuePair<string, JsonNode?>[] order = [.. fields];
        random.Shuffle(order);
        return new JsonObject(order.Select(field => KeyValuePair.Create(field.Key, field.Value is null ? null : Shuffled(field.Value, random))));
    }
}
