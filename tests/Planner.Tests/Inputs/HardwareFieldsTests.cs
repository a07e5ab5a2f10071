using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>Optional fields of hardware files: FP4, the clock under load, domains, network tiers.</summary>
[TestFixture]
public sealed class HardwareFieldsTests
{
    private const string Tiers =
        """
        "tiers": [
          { "gpus": { "value": 256, "kind": "assumed", "source": "a pod" }, "share": { "value": 0.5, "kind": "assumed", "source": "2:1" }, "latency_us": { "value": 20, "kind": "assumed", "source": "x" } },
          { "gpus": { "value": 4096, "kind": "assumed", "source": "a hall" }, "share": { "value": 0.25, "kind": "assumed", "source": "4:1" }, "latency_us": { "value": 30, "kind": "assumed", "source": "x" } }
        ],
        """;

    private const string Leaf =
        """
        "nodes_per_leaf": { "value": 32, "kind": "assumed", "source": "a rail" }, "oversubscription": { "value": 2, "kind": "assumed", "source": "2:1" },
        """;

    [Test]
    public void Tiers_AreReadInOrderWithTheirSources()
    {
        MachineSpec machine = Load(With(Network, Tiers));
        Assert.That(
            machine.Network.Tiers,
            Is.EqualTo((NetworkTier[])[new(256, 0.5, Seconds.FromMicroseconds(20)), new(4096, 0.25, Seconds.FromMicroseconds(30))]));
        Assert.That(machine.Constants.Select(constant => constant.Path), Does.Contain("network.tiers[1].share"));
        Assert.That(machine.Constants, Has.Length.EqualTo(Load(With(Network, "")).Constants.Length + 6));
    }

    [Test]
    public void Leaf_IsTheLowestTier()
    {
        MachineSpec machine = Load(With(Network, Leaf + Tiers.Replace("\"value\": 256", "\"value\": 512", StringComparison.Ordinal)));
        Assert.That(machine.Network.Tiers[0], Is.EqualTo(new NetworkTier(256, 0.5, Seconds.FromMicroseconds(15))), "32 nodes of 8; starts as the network does");
        Assert.That(machine.Network.Tiers.Select(tier => tier.Gpus), Is.EqualTo((int[])[256, 512, 4096]));
        Assert.That(machine.Constants.Select(constant => constant.Path), Does.Contain("network.nodes_per_leaf").And.Contain("network.oversubscription"));
        MachineSpec full = Load(With(Network, """ "nodes_per_leaf": { "value": 4, "kind": "assumed", "source": "x" }, "spine_latency_us": { "value": 20, "kind": "assumed", "source": "x" },"""));
        Assert.That(full.Network.Tiers, Is.EqualTo((NetworkTier[])[new(32, 1, Seconds.FromMicroseconds(20))]));
    }

    [TestCase("\"value\": 32", "\"value\": 0", "network.nodes_per_leaf must be a whole number from 1 to 1250000, got 0")]
    [TestCase("\"value\": 2,", "\"value\": 0.5,", "network.oversubscription must be at least 1 and at most 100, got 0.5")]
    [TestCase("\"nodes_per_leaf\"", "\"nodes_a_leaf\"", "oversubscription is what lies above the leaf switches; give nodes_per_leaf, too")]
    public void BadLeaves_AreOneLine(string from, string to, string message) => Refused(With(Network, Leaf.Replace(from, to, StringComparison.Ordinal)), message);

    [Test]
    public void Tiers_LieAboveLeaves() => Refused(With(Network, Leaf + Tiers), "network.tiers[0].gpus 256 must be above the tier before it, 256; tiers ascend");

    [Test]
    public void Domain_IsSeveralNodes()
    {
        MachineSpec machine = Load(With(Node, """ "domain_gpus": { "value": 32, "kind": "assumed", "source": "x" },"""));
        Assert.That((machine.Node.Gpus, machine.Node.DomainGpus), Is.EqualTo((8, 32)));
    }

    [Test]
    public void ClockUnderLoad_IsAShare() =>
        Assert.That(Load(With(Accelerator, """ "sustained_clock": { "value": 0.83, "kind": "measured", "source": "x" },""")).Accelerator.SustainedClock, Is.EqualTo(0.83));

    [TestCase(Node, """ "domain_gpus": { "value": 20, "kind": "assumed", "source": "x" },""", "domain_gpus 20 is not a multiple of the node's 8 GPUs; a domain is whole nodes, so leave it out where it is the node")]
    [TestCase(Node, """ "domain_gpus": { "value": 4, "kind": "assumed", "source": "x" },""", "domain_gpus 4 is not a multiple of the node's 8 GPUs; a domain is whole nodes, so leave it out where it is the node")]
    [TestCase(Node, """ "domain_gpus": { "value": 0, "kind": "assumed", "source": "x" },""", "node.domain_gpus must be a whole number from 1 to 1024, got 0")]
    [TestCase(Accelerator, """ "sustained_clock": { "value": 1.2, "kind": "assumed", "source": "x" },""", "accelerator.sustained_clock must be above 0 and at most 1, got 1.2")]
    [TestCase(Accelerator, """ "fp4_tflops": { "value": 3000, "kind": "assumed", "source": "x" },""", "fp4_tflops must be 0: hopper has no FP4")]
    [TestCase(Accelerator, """ "fp4_tflops": { "value": -1, "kind": "assumed", "source": "x" },""", "accelerator.fp4_tflops must be at least 0 and at most 1000000, got -1")]
    [TestCase(Network, """ "tiers": { "gpus": 256 },""", "network.tiers must be an array, got an object")]
    [TestCase(Network, """ "tiers": [ 256 ],""", "network.tiers[0] must be an object, got 256")]
    [TestCase(Network, """ "tiers": [ { "gpus": { "value": 256, "kind": "assumed", "source": "x" } } ],""", "network.tiers[0].share is missing")]
    public void BadFields_AreOneLine(string place, string added, string message) => Refused(With(place, added), message);

    [TestCase("\"value\": 4096", "\"value\": 256", "network.tiers[1].gpus 256 must be above the tier before it, 256; tiers ascend")]
    [TestCase("\"value\": 0.25", "\"value\": 0.75", "network.tiers[1].share 0.75 is above the 0.5 of the tier before it; a wider group crosses both")]
    [TestCase("\"value\": 0.5", "\"value\": 2", "network.tiers[0].share must be above 0 and at most 1, got 2")]
    [TestCase("\"share\": { \"value\": 0.5", "\"speed\": 3, \"share\": { \"value\": 0.5", "unknown field \"network.tiers[0].speed\". Allowed: gpus, latency_us, share")]
    public void BadTiers_AreOneLine(string from, string to, string message) =>
        Refused(With(Network, Tiers.Replace(from, to, StringComparison.Ordinal)), message);

    private const string Accelerator = "\"bf16_tflops\"";
    private const string Node = "\"gpus\"";
    private const string Network = "\"network_gb_s\"";

    /// <summary>The H800's file with more before one of its fields.</summary>
    private static string With(string field, string added)
    {
        // Without its own clock, so that a case may give one.
        string text = string.Join('\n', Shipped.Text("hardware/h800.json").Split('\n').Where(line => !line.Contains("\"sustained_clock\"", StringComparison.Ordinal)));
        Assert.That(text.Split(field), Has.Length.EqualTo(2));
        return text.Replace(field, added + field, StringComparison.Ordinal);
    }

    private static MachineSpec Load(string text)
    {
        using var folder = new TemporaryFolder();
        return new HardwareCatalog().Load(folder.Write("m.json", text)).Spec;
    }

    private static void Refused(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("m.json", text);
        var error = Assert.Throws<InputException>(() => new HardwareCatalog().Load(path));
        Assert.That(error.Message, Does.StartWith(path + ":").And.EndsWith(": " + message));
        Assert.That(error.Message, Does.Not.Contain('\n'));
    }
}
