using NUnit.Framework;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>Loads and pairs of experts: what is read, and that every mistake is one clear line.</summary>
[TestFixture]
public sealed class ExpertTableTests
{
    // 3 layers, MoE from layer 1 on, 2 experts; no prediction module.
    private static readonly MoeLayers Small = new("tiny", 2, [1, 2], [1, 2, 3]);

    [Test]
    public void Loads_AreRead()
    {
        using var folder = new Planner.Tests.TemporaryFolder();
        var loads = Loads(folder, "expert,load,layer\n1,5,1\n0,7.5,1\n0,0,2\n1,1e3,2\n", null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loads.Name, Is.EqualTo("loads.csv"));
            Assert.That(loads.Workload, Is.Null);
            Assert.That(loads.Layers.Keys, Is.EqualTo(new[] { 1, 2 }));
            Assert.That(loads.Layers[1], Is.EqualTo(new[] { 7.5, 5 }));
            Assert.That(loads.Layers[2], Is.EqualTo(new[] { 0, 1000.0 }));
            Assert.That(loads.Digest, Is.EqualTo(Loads(folder, "layer,expert,load\n2,1,1000\n2,0,0\n1,0,7.50\n1,1,5\n", null).Digest), "order and spelling do not matter");
            Assert.That(loads.Digest, Is.Not.EqualTo(Loads(folder, "layer,expert,load\n2,1,1000\n2,0,0\n1,0,7.50\n1,1,6\n", null).Digest));
            Assert.That(Loads(folder, "layer,expert,load\n1,0,1\n1,1,1\n2,0,1\n2,1,1\n3,0,1\n3,1,2\n", null).Layers.Keys, Is.EqualTo(new[] { 1, 2, 3 }), "a prediction module's layer may be there");
        }
    }

    [Test]
    public void Workload_FiltersRows()
    {
        const string two = "workload,layer,expert,load\na,1,0,1\na,1,1,2\na,2,0,3\na,2,1,4\nb,1,0,9\nb,1,1,9\nb,2,0,9\nb,2,1,8\n";
        using var folder = new Planner.Tests.TemporaryFolder();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Loads(folder, two, "b").Layers[2], Is.EqualTo(new[] { 9.0, 8 }));
            Assert.That(Loads(folder, "workload,layer,expert,load\na,1,0,1\na,1,1,2\na,2,0,3\na,2,1,4\n", null).Workload, Is.EqualTo("a"), "one needs no name");
            Assert.That(Error(folder, two, null), Is.EqualTo("loads.csv has 2 workloads; choose one with --workload: a, b"));
            Assert.That(Error(folder, two, "c"), Does.StartWith("loads.csv has no workload \"c\".").And.EndWith("It has a, b"));
            Assert.That(Error(folder, "layer,expert,load\n1,0,1\n", "a"), Is.EqualTo("loads.csv has no column workload; leave --workload out"));
        }
    }

    [TestCase("layer,expert\n1,0\n", "columns are \"layer,expert\"; they must be layer, expert, load (and may be workload)")]
    [TestCase("layer,expert,load,weight\n1,0,1,1\n", "columns are \"layer,expert,load,weight\"; they must be layer, expert, load (and may be workload)")]
    [TestCase("layer,expert,load,load\n1,0,1,1\n", "columns are \"layer,expert,load,load\"; they must be layer, expert, load (and may be workload)")]
    [TestCase("layer,expert,load\n1,0,1\n1,1,2\n", "layer 2 is missing; tiny has MoE layers 1 to 2")]
    [TestCase("layer,expert,load\n", "layer 1 is missing; tiny has MoE layers 1 to 2")]
    [TestCase("layer,expert,load\n1,0,1\n1,1,1\n2,1,1\n", "layer 2: expert 0 is missing; an expert that is never used has the load 0")]
    [TestCase("layer,expert,load\n0,0,1\n", "line 2: layer 0 is not an MoE layer of tiny; these are numbered from 1 to 2")]
    [TestCase("layer,expert,load\n1,2,1\n", "line 2: expert 2 is not one of tiny's 2 experts, 0 to 1")]
    [TestCase("layer,expert,load\n1,0,1\n1,0,2\n", "line 3: layer 1, expert 0 has a load already; keep one")]
    [TestCase("layer,expert,load\n1,0,-1\n", "line 2: load \"-1\" is not a number from 0")]
    [TestCase("layer,expert,load\n1,0,NaN\n", "line 2: load \"NaN\" is not a number from 0")]
    [TestCase("layer,expert,load\n1,-1,1\n", "line 2: expert \"-1\" is not a whole number from 0")]
    [TestCase("layer,expert,load\n1.5,0,1\n", "line 2: layer \"1.5\" is not a whole number from 0")]
    [TestCase("layer,expert,load\n1,0\n", "line 2: 2 cells under 3 columns")]
    [TestCase("layer,expert,load\n1,0,0\n1,1,0\n2,0,1\n2,1,1\n", "layer 1: the loads add up to 0; a positive sum is needed")]
    public void Loads_Mistake_IsOneLine(string text, string complaint)
    {
        using var folder = new Planner.Tests.TemporaryFolder();
        Assert.That(Error(folder, text, null), Is.EqualTo($"loads.csv: {complaint}"));
    }

    [Test]
    public void Pairs_AreRead()
    {
        using var folder = new Planner.Tests.TemporaryFolder();
        var pairs = Pairs(folder, "layer,expert_a,expert_b,weight\n2,1,0,3\n");
        Assert.That(pairs.Layers[2], Is.EqualTo(new[] { (0, 1, 3.0) }));
        Assert.That(pairs.Digest, Is.EqualTo(Pairs(folder, "layer,expert_a,expert_b,weight\n2,0,1,3.0\n").Digest));
    }

    [TestCase("layer,expert_a,expert_b\n1,0,1\n", "columns are \"layer,expert_a,expert_b\"; they must be layer, expert_a, expert_b, weight")]
    [TestCase("layer,expert_a,expert_b,weight\n1,0,0,1\n", "line 2: a pair needs two experts")]
    [TestCase("layer,expert_a,expert_b,weight\n1,0,1,1\n1,1,0,1\n", "line 3: layer 1, experts 1 and 0 have a weight already; keep one")]
    [TestCase("layer,expert_a,expert_b,weight\n1,0,2,1\n", "line 2: expert_b 2 is not one of tiny's 2 experts, 0 to 1")]
    [TestCase("layer,expert_a,expert_b,weight\n1,0,1,x\n", "line 2: weight \"x\" is not a number from 0")]
    public void Pairs_Mistake_IsOneLine(string text, string complaint)
    {
        using var folder = new Planner.Tests.TemporaryFolder();
        Assert.That(Assert.Throws<InputException>(() => Pairs(folder, text))!.Message.Replace(folder.Path + "/", "", StringComparison.Ordinal), Is.EqualTo($"pairs.csv: {complaint}"));
    }

    private static ExpertLoads Loads(Planner.Tests.TemporaryFolder folder, string text, string? workload)
    {
        var path = Path.Join(folder.Path, "loads.csv");
        File.WriteAllText(path, text);
        return ExpertLoads.Read(path, workload, Small);
    }

    private static ExpertPairs Pairs(Planner.Tests.TemporaryFolder folder, string text)
    {
        var path = Path.Join(folder.Path, "pairs.csv");
        File.WriteAllText(path, text);
        return ExpertPairs.Read(path, Small);
    }

    private static string Error(Planner.Tests.TemporaryFolder folder, string text, string? workload) =>
        Assert.Throws<InputException>(() => Loads(folder, text, workload))!.Message.Replace(folder.Path + "/", "", StringComparison.Ordinal);
}
