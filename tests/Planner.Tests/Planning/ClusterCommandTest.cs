using System.Text.Json.Nodes;
using NJsonSchema;
using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;
using Planner.Tests.Inputs;

namespace Planner.Tests.Planning;

/// <summary>Leaf switches, excluded and spare nodes through the command line, on the shipped data.</summary>
internal sealed class ClusterCommandTest
{
    private static readonly string[] Small = ["solve", "--model", "v2-lite-16b", "--stack", "megatron", "--gpus", "96", "--batch", "960", "--micro-batch", "1", "--cp", "1", "--tp", "1"];

    [TestCase("--exclude-nodes 12", "--exclude-nodes: node 12 is not there; 96 GPUs of h800 are 12 nodes, 0 to 11")]
    [TestCase("--exclude-nodes 0-11", "--exclude-nodes takes all 12 nodes of 96 GPUs of h800; leave at least one")]
    [TestCase("--spare-nodes 12", "--spare-nodes 12 takes all 12 nodes of 96 GPUs of h800; leave at least one")]
    [TestCase("--exclude-nodes 1,2 --spare-nodes 10", "--exclude-nodes (2) and --spare-nodes 10 take all 12 nodes of 96 GPUs of h800; leave at least one")]
    [TestCase("--exclude-nodes 7-3", "--exclude-nodes: the range 7-3 runs backwards; give the smaller end first: 3-7; try planner solve --help")]
    [TestCase("--exclude-nodes 3,,4", "--exclude-nodes: '' is not allowed; give numbers of nodes from 0 and ranges, with commas, for example 3,17,40-47; try planner solve --help")]
    [TestCase("--exclude-nodes 1-2-3", "--exclude-nodes: '1-2-3' is not allowed; give numbers of nodes from 0 and ranges, with commas, for example 3,17,40-47; try planner solve --help")]
    [TestCase("--spare-nodes -1", "--spare-nodes: '-1' is not allowed; give a whole number from 0 to 2097152; try planner solve --help")]
    public void BadNodes_AreOneLine(string options, string message) => Assert.That(
        Run.Of(new PlanMaker(), [.. Small, "--hw", "h800", .. options.Split(' ')]), Is.EqualTo(new Run(1, "", $"planner: {message}\n")));

    [Test]
    public void Limits_Arrive()
    {
        var planner = new FakePlanner(FakePlanner.Found);
        Run.Of(planner, [.. Run.Minimal, "--exclude-nodes", "17, 3,40-43,3", "--spare-nodes", "2"]);
        Assert.That(planner.Solved!.Nodes, Is.EqualTo(new NodeLimits([3, 17, 40, 41, 42, 43], 2)));
        Assert.That(NodeLimits.Ranges(planner.Solved.Nodes.Excluded), Is.EqualTo("3,17,40-43"));
    }

    [Test]
    public void Ranks_AreOnNodesThatMayBeUsed_EachFilledOnce()
    {
        using var folder = new TemporaryFolder();
        var text = Plan([.. Small, "--hw", Leaves(folder, 4, 2), "--exclude-nodes", "2,9", "--spare-nodes", "1", "--report", folder.Path]);
        Assert.That(text, Does.Contain("cluster     96 GPUs, 2 nodes excluded, 1 kept spare: 72 left"));
        var rows = CsvRows.Of(File.ReadAllText(Path.Join(folder.Path, "ranks.csv")));
        Assert.That(rows, Has.Count.AtMost(72).And.Count.GreaterThan(0));
        Assert.That(rows.Select(row => row["node"]).Intersect(["2", "9"]), Is.Empty);
        Assert.That(rows.Select(row => (row["node"], row["gpu"])), Is.Unique);
        foreach (var node in rows.GroupBy(row => row["node"]))
        {
            Assert.That(node.Count(), Is.EqualTo(8));
            Assert.That(node.Select(row => int.Parse(row["leaf"], System.Globalization.CultureInfo.InvariantCulture)), Is.All.EqualTo(int.Parse(node.Key, System.Globalization.CultureInfo.InvariantCulture) / 4));
        }

        foreach (var row in CsvRows.Of(File.ReadAllText(Path.Join(folder.Path, "traffic.csv"))))
            Assert.That(row.Number("in_leaf_gib") + row.Number("across_leaves_gib"), Is.EqualTo(row.Number("network_gib")).Within(0.001).Percent, row["kind"]);
    }

    [Test]
    public void PrimeNumberOfNodes_StillHasAPlan()
    {
        // 11 nodes are 88 GPUs; 960 sequences and 27 layers have no factor of 11 to give. What fewer nodes do is what they do as a cluster of their own.
        var given = JsonNode.Parse(Plan([.. Small, "--hw", "h800", "--exclude-nodes", "5", "--format", "json"]))!;
        var gpus = Gpus(given);
        Assert.That(gpus, Is.LessThanOrEqualTo(88));
        var best = double.MaxValue;
        for (var nodes = 9; nodes <= 11; nodes++)
        {
            string[] own = [.. Small.Select((word, i) => i > 0 && Small[i - 1] == "--gpus" ? (8 * nodes).ToString(System.Globalization.CultureInfo.InvariantCulture) : word)];
            var run = Run.Of(new PlanMaker(), [.. own, "--hw", "h800", "--format", "json"]);
            if (run.Code == 0) best = Math.Min(best, JsonNode.Parse(run.Output)!["estimate"]!["step_s"]!.GetValue<double>());
        }

        Assert.That(given["estimate"]!["step_s"]!.GetValue<double>(), Is.EqualTo(best));
    }

    [Test]
    public void PlanFile_KeepsTheNodes()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Join(folder.Path, "plan.json");
        string[] limits = ["--exclude-nodes", "5,7-8", "--spare-nodes", "1"];
        var solved = JsonNode.Parse(Plan([.. Small, "--hw", "h800", .. limits, "-o", file, "--format", "json"]))!;
        Assert.That(solved["request"]!["gpus"]!.GetValue<int>(), Is.EqualTo(96));
        Assert.That(solved["request"]!["excluded_nodes"]!.ToJsonString(), Is.EqualTo("[5,7,8]"));
        Assert.That(solved["request"]!["spare_nodes"]!.GetValue<int>(), Is.EqualTo(1));
        var schema = JsonSchema.FromJsonAsync(Shipped.Text("schema/plan.schema.json")).GetAwaiter().GetResult();
        Assert.That(schema.Validate(solved.ToJsonString()), Is.Empty);
        var again = JsonNode.Parse(Plan("estimate", "--plan", file, "--format", "json"))!;
        Assert.That(again["request"]!["excluded_nodes"]!.ToJsonString(), Is.EqualTo("[5,7,8]"));
        Assert.That(again["estimate"]!["step_s"]!.ToJsonString(), Is.EqualTo(solved["estimate"]!["step_s"]!.ToJsonString()));
        var fewer = Run.Of(new PlanMaker(), "estimate", "--plan", file, "--spare-nodes", "8");
        Assert.That((fewer.Code, fewer.Output), Is.EqualTo((1, "")));
        Assert.That(fewer.Error, Does.StartWith("planner: the plan takes ").And.EndWith(" 3 nodes excluded and 8 kept spare leave 8 of 96; plan again with planner solve\n"));
    }

    [Test]
    public void Estimate_WithNodesMissing_FindsItsDataRanks()
    {
        var plan = JsonNode.Parse(Plan(
            "estimate", "--model", "v2-lite-16b", "--stack", "megatron", "--gpus", "96", "--batch", "960", "--hw", "h800", "--tp", "1", "--pp", "2", "--ep", "8", "--schedule", "1f1b", "--spare-nodes", "1", "--format", "json"))!;
        Assert.That(Gpus(plan), Is.EqualTo(80), "dp 40 divides 960, dp 44 does not");
    }

    [Test]
    public void NothingKnownOfSwitches_SaysNothingOfThem()
    {
        var text = Plan([.. Small, "--hw", "h800"]);
        Assert.That(text, Does.Not.Contain("leaf").And.Not.Contain("cluster"));
    }

    [Test]
    public void Leaves_WithFullBandwidthAbove_CostNothing()
    {
        using var folder = new TemporaryFolder();
        double Step(string hardware) => JsonNode.Parse(Plan([.. Small, "--hw", hardware, "--format", "json"]))!["estimate"]!["step_s"]!.GetValue<double>();
        var flat = Step("h800");
        Assert.That(Step(Leaves(folder, 3, 1)), Is.EqualTo(flat));
        Assert.That(Step(Leaves(folder, 3, 8)), Is.GreaterThanOrEqualTo(flat));
    }

    private static int Gpus(JsonNode plan)
    {
        var degrees = plan["decisions"]!["degrees"]!;
        return ((string[])["dp", "tp", "pp", "cp"]).Aggregate(1, (product, name) => product * degrees[name]!.GetValue<int>());
    }

    private static string Plan(params string[] args)
    {
        var run = Run.Of(new PlanMaker(), args);
        Assert.That(run.Code, Is.Zero, run.Error);
        return run.Output;
    }

    private static string Leaves(TemporaryFolder folder, int nodes, double oversubscription)
    {
        var machine = JsonNode.Parse(Shipped.Text("hardware/h800.json"))!;
        machine["network"]!["nodes_per_leaf"] = Sourced(nodes);
        machine["network"]!["oversubscription"] = Sourced(oversubscription);
        var path = Path.Join(folder.Path, "leaves.json");
        File.WriteAllText(path, machine.ToJsonString());
        return path;
    }

    private static JsonObject Sourced(double value) => new() { ["value"] = value, ["kind"] = "assumed", ["source"] = "a test" };
}
