using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Traffic;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>The shipped machines against the vendors' tables, written out here a second time.</summary>
[TestFixture]
public sealed class HardwareFilesTests
{
    // Machine, architecture, dense BF16, FP8 and FP4, GB, TB/s, GPUs a node and a domain, links and network one direction.
    [TestCase("a100-40", "ampere", 312, 0, 0, 40, 1.555, 8, 8, 300, 25)]
    [TestCase("a100-80", "ampere", 312, 0, 0, 80, 2.039, 8, 8, 300, 25)]
    [TestCase("a800", "ampere", 312, 0, 0, 80, 2.039, 8, 8, 200, 25)]
    [TestCase("h800", "hopper", 989.4, 1978.9, 0, 80, 3.35, 8, 8, 200, 50)]
    [TestCase("h100", "hopper", 989.4, 1978.9, 0, 80, 3.35, 8, 8, 450, 50)]
    [TestCase("h100-96", "hopper", 989.4, 1978.9, 0, 96, 2.4, 8, 8, 450, 50)]
    [TestCase("gh200", "hopper", 989.4, 1978.9, 0, 96, 4.0, 4, 4, 450, 25)]
    [TestCase("h200", "hopper", 989.4, 1978.9, 0, 141, 4.8, 8, 8, 450, 50)]
    [TestCase("h20", "hopper", 148, 296, 0, 96, 4.0, 8, 8, 450, 50)]
    [TestCase("l40s", "ada", 362.05, 733, 0, 48, 0.864, 4, 4, 32, 25)]
    [TestCase("b200", "blackwell", 2250, 4500, 9000, 180, 7.7, 8, 8, 900, 50)]
    [TestCase("gb200", "blackwell", 2500, 5000, 10000, 186, 8.0, 4, 72, 900, 50)]
    [TestCase("b300", "blackwell-ultra", 2250, 4500, 14000, 270, 7.75, 8, 8, 900, 100)]
    [TestCase("gb300", "blackwell-ultra", 2500, 5000, 15000, 279, 8.0, 4, 72, 900, 100)]
    [TestCase("mi300x", "cdna3", 1307.4, 2614.9, 0, 192, 5.3, 8, 8, 448, 50)]
    [TestCase("mi325x", "cdna3", 1307.4, 2614.9, 0, 256, 6.0, 8, 8, 448, 50)]
    [TestCase("mi350x", "cdna4", 2306.9, 4613.7, 9227.5, 288, 8.0, 8, 8, 535.5, 50)]
    [TestCase("mi355x", "cdna4", 2516.6, 5033.2, 10066.3, 288, 8.0, 8, 8, 535.5, 50)]
    [TestCase("gaudi2", "gaudi2", 432, 865, 0, 96, 2.45, 8, 8, 262.5, 37.5)]
    public void Machine_IsAsOnItsDataSheet(
        string name, string architecture, double bf16, double fp8, double fp4, double gigabytes, double terabytes, int node, int domain, double link, double network)
    {
        MachineSpec machine = new HardwareCatalog().Load(name).Spec;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(machine.Accelerator.Architecture, Is.EqualTo(architecture));
            Assert.That(machine.Accelerator.Bf16.Teraflops, Is.EqualTo(bf16).Within(1e-9).Percent);
            Assert.That(machine.Accelerator.Fp8.Teraflops, Is.EqualTo(fp8).Within(1e-9).Percent);
            Assert.That(machine.Accelerator.Peak(Precision.Nvfp4).Teraflops, Is.EqualTo(fp4).Within(1e-9).Percent);
            Assert.That(machine.Accelerator.Memory.Value, Is.EqualTo(gigabytes * 1e9));
            Assert.That(machine.Accelerator.MemoryBandwidth.Value, Is.EqualTo(terabytes * 1e12).Within(1e-9).Percent);
            Assert.That((machine.Node.Gpus, machine.Node.DomainGpus), Is.EqualTo((node, domain)));
            Assert.That(machine.Node.LinkBandwidth.Gigabytes, Is.EqualTo(link));
            Assert.That(machine.Network.LinkBandwidth.Gigabytes, Is.EqualTo(network));
            Assert.That(machine.Network.Tiers, Is.Empty);
            Assert.That(machine.Accelerator.SustainedClock, Is.InRange(0.7, 1));
        }
    }

    [Test]
    public void EveryMachine_IsInTheTableAbove()
    {
        string[] tested = [.. typeof(HardwareFilesTests).GetMethod(nameof(Machine_IsAsOnItsDataSheet))!
            .GetCustomAttributes(typeof(TestCaseAttribute), false).Cast<TestCaseAttribute>().Select(test => (string)test.Arguments[0]!).Order(StringComparer.Ordinal)];
        Assert.That(tested, Is.EqualTo(new HardwareCatalog().Names));
    }

    [Test]
    public void EveryArchitecture_IsGuarded()
    {
        foreach (string name in new HardwareCatalog().Names)
            Assert.That(DenseRates.For(new HardwareCatalog().Load(name).Spec.Accelerator.Architecture), Is.Not.Null, name);
    }

    [TestCase("gb200", 64, true)]
    [TestCase("gb200", 72, true)]
    [TestCase("gb300", 64, true)]
    [TestCase("gb200", 128, false)]
    [TestCase("b200", 64, false)]
    public void AGatherOfARack_UsesNoNetwork(string name, int ranks, bool inside)
    {
        MachineSpec machine = new HardwareCatalog().Load(name).Spec;
        Fabric links = Fabric.Of(machine, new StackCatalog().Load("megatron").Spec);
        Fabric slower = links with { NetworkBandwidth = links.NetworkBandwidth / 1000 };
        int inDomain = links.InDomain(ranks, 1);
        double seconds = links.GatherOrScatter(1e9, inDomain, (double)ranks / inDomain, ranks);
        Assert.That(slower.GatherOrScatter(1e9, inDomain, (double)ranks / inDomain, ranks), inside ? Is.EqualTo(seconds) : Is.GreaterThan(100 * seconds));
    }

    // Measured ring collectives reach 70 to 98 % of the links that they run on; half over PCIe.
    [Test]
    public void EveryMachine_ReachesMostOfItsLinks()
    {
        foreach (string name in new HardwareCatalog().Names.Remove("l40s"))
        {
            MachineSpec machine = new HardwareCatalog().Load(name).Spec;
            Assert.That(machine.Node.EffectiveBandwidth.Value / machine.Node.LinkBandwidth.Value, Is.InRange(0.69, 0.99), name);
            Assert.That(machine.Network.EffectiveBandwidth.Value / machine.Network.LinkBandwidth.Value, Is.InRange(0.84, 0.91), name);
        }
    }
}
