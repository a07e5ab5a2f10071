using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed partial class HardwareTests
{
    [Test]
    public void H800_IsDenseAndOneDirection()
    {
        MachineSpec h800 = new HardwareCatalog().Load("h800").Spec;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(h800.Accelerator.Bf16.Teraflops, Is.EqualTo(989.4));
            Assert.That(h800.Accelerator.Fp8.Value / h800.Accelerator.Bf16.Value, Is.EqualTo(2).Within(0.01).Percent);
            Assert.That(h800.Accelerator.Memory.Value, Is.EqualTo(80e9));
            Assert.That(h800.Accelerator.MemoryBandwidth.Value, Is.EqualTo(3.35e12));
            Assert.That(h800.Accelerator.Multiprocessors, Is.EqualTo(132));
            Assert.That(h800.Node, Is.EqualTo(new NodeSpec(8, new(200e9), new(160e9), Seconds.FromMicroseconds(30))));
            Assert.That(h800.Network, Is.EqualTo(new NetworkSpec(new(50e9), new(45e9), Seconds.FromMicroseconds(15))));
            // DeepSeek-V3 report 3.2.2: NVLink's 160 GB/s are 3.2 times InfiniBand's 50.
            Assert.That(h800.Node.EffectiveBandwidth.Value / h800.Network.LinkBandwidth.Value, Is.EqualTo(3.2).Within(1e-12));
            Assert.That(h800.PricePerGpuHour, Is.EqualTo(2));
        }
    }

    [Test]
    public void H100AndA100_AreAsOnTheirDataSheets()
    {
        MachineSpec h100 = new HardwareCatalog().Load("h100").Spec;
        MachineSpec a100 = new HardwareCatalog().Load("a100-80").Spec;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(h100.Node.LinkBandwidth.Gigabytes, Is.EqualTo(450));
            Assert.That(h100.Node.EffectiveBandwidth.Gigabytes, Is.EqualTo(338));
            Assert.That(h100.PricePerGpuHour, Is.Null);
            Assert.That(a100.Accelerator, Is.EqualTo(new AcceleratorSpec("ampere", new(312e12), new(0), new(80e9), BytesPerSecond.FromTerabytes(2.039), 108, SustainedClock: 0.96)));
            Assert.That(a100.Network.EffectiveBandwidth.Gigabytes, Is.EqualTo(21.25));
            Assert.That(a100.Accelerator.Peak(Precision.Fp8).Value, Is.Zero);
        }
    }

    private const string SparseHopper =
        "bf16_tflops 1979 is the rate with sparsity: hopper reaches at most 989.4 dense (H100 SXM); give the dense rate, half of the sparse one (989.5)";

    // The widely copied table of H800 and H100, number by number.
    [TestCase("bf16_tflops", "1979", SparseHopper)]
    [TestCase("bf16_tflops", "1900", "bf16_tflops 1900 is the rate with sparsity: hopper reaches at most 989.4 dense (H100 SXM); give the dense rate, half of the sparse one (950)")]
    [TestCase("fp8_tflops", "3958", "fp8_tflops 3958 is the rate with sparsity: hopper reaches at most 1978.9 dense (H100 SXM); give the dense rate, half of the sparse one (1979)")]
    [TestCase("nvlink_gb_s", "900", "nvlink_gb_s 900 looks like the sum of both directions: hopper has at most 450 in one (H100 SXM); give one direction, 450")]
    public void CopiedTable_IsRefused(string field, string value, string message) => Refused("h800", field, value, message);

    [TestCase("bf16_tflops", "624", "bf16_tflops 624 is the rate with sparsity: ampere reaches at most 312 dense (A100 SXM); give the dense rate, half of the sparse one (312)")]
    [TestCase("fp8_tflops", "624", "fp8_tflops must be 0: ampere has no FP8")]
    [TestCase("nvlink_gb_s", "600", "nvlink_gb_s 600 looks like the sum of both directions: ampere has at most 300 in one (A100 SXM); give one direction, 300")]
    public void CopiedTableOfAmpere_IsRefused(string field, string value, string message) => Refused("a100-80", field, value, message);

    [Test]
    public void UnknownArchitecture_MayBeFaster()
    {
        using var folder = new TemporaryFolder();
        string text = With(Shipped.Text("hardware/h800.json"), "bf16_tflops", "8000").Replace("\"hopper\"", "\"rubin\"", StringComparison.Ordinal);
        Assert.That(new HardwareCatalog().Load(folder.Write("r200.json", text)).Spec.Accelerator.Bf16.Teraflops, Is.EqualTo(8000));
    }

    // Rates with sparsity and sums of both directions, as the vendors' pages print them.
    [TestCase("b200", "bf16_tflops", "4500", "bf16_tflops 4500 is the rate with sparsity: blackwell reaches at most 2500 dense (GB200); give the dense rate, half of the sparse one (2250)")]
    [TestCase("gb200", "fp8_tflops", "10000", "fp8_tflops 10000 is the rate with sparsity: blackwell reaches at most 5000 dense (GB200); give the dense rate, half of the sparse one (5000)")]
    [TestCase("b200", "fp4_tflops", "18000", "fp4_tflops 18000 is the rate with sparsity: blackwell reaches at most 10000 dense (GB200); give the dense rate, half of the sparse one (9000)")]
    [TestCase("b300", "fp4_tflops", "18000", "fp4_tflops 18000 is the rate with sparsity: blackwell-ultra reaches at most 15000 dense (GB300); give the dense rate")]
    [TestCase("gb300", "fp4_tflops", "20000", "fp4_tflops 20000 is the rate with sparsity: blackwell-ultra reaches at most 15000 dense (GB300); give the dense rate")]
    [TestCase("gb300", "nvlink_gb_s", "1800", "nvlink_gb_s 1800 looks like the sum of both directions: blackwell-ultra has at most 900 in one (GB300); give one direction, 900")]
    [TestCase("mi300x", "bf16_tflops", "2614.9", "bf16_tflops 2614.9 is the rate with sparsity: cdna3 reaches at most 1307.4 dense (MI300X); give the dense rate, half of the sparse one (1307.45)")]
    [TestCase("mi325x", "fp8_tflops", "5229.8", "fp8_tflops 5229.8 is the rate with sparsity: cdna3 reaches at most 2614.9 dense (MI300X); give the dense rate, half of the sparse one (2614.9)")]
    [TestCase("mi355x", "fp8_tflops", "10066", "fp8_tflops 10066 is the rate with sparsity: cdna4 reaches at most 5033.2 dense (MI355X); give the dense rate, half of the sparse one (5033)")]
    [TestCase("mi300x", "nvlink_gb_s", "896", "nvlink_gb_s 896 looks like the sum of both directions: cdna3 has at most 448 in one (MI300X); give one direction, 448")]
    [TestCase("l40s", "bf16_tflops", "733", "bf16_tflops 733 is the rate with sparsity: ada reaches at most 362.05 dense (L40S, PCIe Gen4); give the dense rate, half of the sparse one (366.5)")]
    [TestCase("l40s", "fp8_tflops", "1466", "fp8_tflops 1466 is the rate with sparsity: ada reaches at most 733 dense (L40S, PCIe Gen4); give the dense rate, half of the sparse one (733)")]
    [TestCase("l40s", "nvlink_gb_s", "64", "nvlink_gb_s 64 looks like the sum of both directions: ada has at most 32 in one (L40S, PCIe Gen4); give one direction, 32")]
    [TestCase("gaudi2", "bf16_tflops", "865", "bf16_tflops 865 is above what gaudi2 reaches, 432 (Gaudi 2)")]
    [TestCase("gaudi2", "nvlink_gb_s", "525", "nvlink_gb_s 525 looks like the sum of both directions: gaudi2 has at most 262.5 in one (Gaudi 2); give one direction, 262.5")]
    public void OtherVendorsPages_AreRefused(string machine, string field, string value, string message) => Refused(machine, field, value, message);

    [TestCase("hbm_tb_s", "0", "accelerator.hbm_tb_s must be above 0 and at most 1000000, got 0")]
    [TestCase("hbm_tb_s", "-3.35", "accelerator.hbm_tb_s must be above 0 and at most 1000000, got -3.35")]
    [TestCase("nvlink_gb_s", "0", "node.nvlink_gb_s must be above 0 and at most 1000000, got 0")]
    [TestCase("network_gb_s", "1e300", "network.network_gb_s must be above 0 and at most 1000000, got 1e300")]
    [TestCase("memory_gb", "\"80\"", "accelerator.memory_gb.value must be a number, got the text \"80\"")]
    [TestCase("memory_gb", "true", "accelerator.memory_gb.value must be a number, got true")]
    [TestCase("memory_gb", "null", "accelerator.memory_gb.value must not be null")]
    [TestCase("multiprocessors", "131.5", "accelerator.multiprocessors must be a whole number from 1 to 100000, got 131.5")]
    [TestCase("gpus", "0", "node.gpus must be a whole number from 1 to 1024, got 0")]
    [TestCase("network_effective_gb_s", "55", "network_effective_gb_s 55 is above the line rate network_gb_s 50; it is what collectives reach of it")]
    [TestCase("hbm_tb_s", "1e999", "1e999 is too large for a number")]
    [TestCase("usd_per_gpu_hour", "0", "price.usd_per_gpu_hour must be above 0 and at most 1000000, got 0")]
    public void BadNumbers_AreRefused(string field, string value, string message) => Refused("h800", field, value, message);

    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("-Infinity")]
    public void NotANumber_IsNotJson(string value)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("m.json", With(Shipped.Text("hardware/h800.json"), "hbm_tb_s", value));
        var error = Assert.Throws<InputException>(() => new HardwareCatalog().Load(path));
        Assert.That(Place().Replace(error.Message[(path.Length + 1)..], ""), Does.StartWith("not valid JSON: "));
    }

    private static void Refused(string machine, string field, string value, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("m.json", With(Shipped.Text($"hardware/{machine}.json"), field, value));
        var error = Assert.Throws<InputException>(() => new HardwareCatalog().Load(path));
        string place = path + ":";
        Assert.That(error.Message, Does.StartWith(place));
        Assert.That(Place().Replace(error.Message[place.Length..], ""), Is.EqualTo(message));
    }

    /// <summary>The file with another value of one field.</summary>
    private static string With(string text, string field, string value)
    {
        var pattern = new Regex(string.Create(CultureInfo.InvariantCulture, $"(\"{field}\": \\{{ \"value\": )[^,]+"));
        Assert.That(pattern.Count(text), Is.EqualTo(1));
        return pattern.Replace(text, "${1}" + value);
    }

    [GeneratedRegex(@"^\d+:\d+: ")]
    private static partial Regex Place();
}
